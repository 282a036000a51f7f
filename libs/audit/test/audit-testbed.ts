import { AuthConfig } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { AuditSchedule } from '../src/audit-schedule.js';
import { AuditChainModule, AuditConfig, AuditLog, AuditModule, AuditRetentionConfig } from '../src/index.js';

/** One link with the entry it is for, as the tests compare it. */
export interface StoredLink {
  readonly position: number;
  readonly entry_id: string;
  readonly prev_hash: string;
  readonly hash: string;
}

/** A process that records and chains, on a database of its own. */
export class AuditTestbed {
  private constructor(
    readonly database: TestDatabase,
    private readonly app: INestApplicationContext,
  ) {}

  static async create(env: Readonly<Record<string, string>> = {}, more: readonly Type[] = []): Promise<AuditTestbed> {
    const database = await createTestDatabase();
    const app = await startModules(database.url, {
      settings: [AuthConfig, AuditConfig, AuditRetentionConfig],
      imports: [AuditModule, AuditChainModule, ...more],
      env: { DATABASE_POOL_SIZE: '40', ...env },
    });
    return new AuditTestbed(database, app);
  }

  /** Stops the schedule of a worker. */
  async stopSchedule(): Promise<void> {
    await this.get(AuditSchedule).beforeApplicationShutdown();
  }

  get<T>(token: Type<T>): T {
    return this.app.get(token, { strict: false });
  }

  /** Records `count` entries, each in a transaction of its own, one after the other. */
  async record(count: number, resourceType = 'deal'): Promise<void> {
    const log = this.get(AuditLog);
    for (let n = 1; n <= count; n += 1) {
      await this.get(UnitOfWork).run((tx) => {
        log.record(tx, { action: 'deal.updated', resourceType, resourceId: `D-${String(n)}`, before: { n: n - 1 }, after: { n } });
        return Promise.resolve();
      });
    }
  }

  /** The whole chain, in order. */
  async links(): Promise<readonly StoredLink[]> {
    return this.database.query<StoredLink & Record<string, unknown>>(
      `SELECT position::int, entry_id, encode(prev_hash, 'hex') AS prev_hash, encode(hash, 'hex') AS hash FROM zakops.audit_chain ORDER BY position`,
    );
  }

  /** Changes what is append only, as somebody with all rights in the database could. */
  async tamper(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    const client = await this.database.connect();
    await client.query('SET session_replication_role = replica');
    await client.query(sql, [...parameters]);
    await client.end();
  }

  async dispose(): Promise<void> {
    await this.app.close();
    await this.database.drop();
  }
}
