import type { LoadedConfig } from '#zakops/config';
import type { DatabaseConfig } from '#zakops/database';
import { OutboxConfig } from '#zakops/outbox';
import { databasePlaceOf } from '#zakops/postgres';
import type pg from 'pg';
import { RUNTIME_GRANTS } from '../../../../../../migrations/runtime-grants.js';
import { CannotLookError } from '../examine.js';
import type { Check, Finding } from '../finding.js';
import { checkClock } from './clock.check.js';
import { connect, disconnect } from './connect.js';
import { checkMigrations } from './migrations.check.js';
import { checkPooler } from './pooler.check.js';
import { checkRights } from './rights.check.js';
import { checkSearch } from './search.check.js';
import { checkServer } from './server.check.js';
import { checkDefaults } from './defaults.check.js';
import { checkDatabaseTls } from './tls.check.js';

const CONNECTION = 'deployment-runbook.md#database-connection-errors';
const SERVER = 'deployment-runbook.md#required-infrastructure';

/** The connection that checks of the database share; those that follow a failed one are skipped. */
export class DatabaseUnderTest {
  #client: pg.Client | undefined;

  constructor(readonly settings: DatabaseConfig | undefined) {}

  /** Connects; the first check. */
  async open(): Promise<Finding> {
    const { settings } = this;
    if (settings === undefined) throw new CannotLookError('DATABASE_URL is not set or cannot be read.');
    try {
      this.#client = await connect(settings.url);
    } catch (error) {
      const why = error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
      const advice = 'Is the address right, the server up, the way open, and are user and password right?';
      return { state: 'failure', detail: `The database cannot be reached: ${why}.`, advice };
    }
    const { host, port, database } = databasePlaceOf(settings.url);
    return { state: 'ok', detail: `Connected to ${host}:${String(port)}/${database ?? ''}.` };
  }

  /** The open connection, and where it leads. */
  require(): { client: pg.Client; settings: DatabaseConfig } {
    if (this.#client === undefined || this.settings === undefined) throw new CannotLookError('There is no connection to the database.');
    return { client: this.#client, settings: this.settings };
  }

  close(): void {
    if (this.#client !== undefined) disconnect(this.#client);
  }
}

/** What there is to check of the database itself. */
export function databaseChecks(database: DatabaseUnderTest, config: LoadedConfig | undefined): readonly Check[] {
  const check = (
    id: string,
    title: string,
    guide: Check['guide'],
    run: (client: pg.Client, url: string) => Promise<Finding> | Finding,
  ): Check => ({
    id: `database.${id}`,
    title,
    guide,
    run: async () => {
      const { client, settings } = database.require();
      return run(client, settings.url);
    },
  });
  return [
    { id: 'database.connection', title: 'Connection', guide: CONNECTION, run: () => database.open() },
    check('tls', 'Encryption', CONNECTION, (client, url) => checkDatabaseTls(client, url, config)),
    check('server', 'Server', SERVER, (client) => checkServer(client)),
    check('defaults', 'Defaults', SERVER, (_client, url) => checkDefaults(url)),
    check('rights', 'Rights', SERVER, (client) => checkRights(client, RUNTIME_GRANTS)),
    check('pooler', 'Pooler', SERVER, (_client, url) => checkPooler(url, config?.get(OutboxConfig).wake ?? 'auto')),
    check('clock', 'Clock', CONNECTION, (client) => checkClock(client)),
    check('migrations', 'Schema', 'deployment-runbook.md#database-migration', (_client, url) => checkMigrations(url)),
    check('search', 'Search', 'search.md#without-pg_trgm', (client) => checkSearch(client)),
  ];
}
