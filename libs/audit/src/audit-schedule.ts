import { DatabaseConnector, SchemaVersion } from '#zakops/database';
import { RepeatingTask } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditAnchorer } from './anchor/audit-anchorer.js';
import { AuditConfig } from './audit.config.js';
import { AuditChainer } from './chain/audit-chainer.js';

const CHAIN_EVERY_MS = 1_000;
const LOOK_FOR_ANCHOR_EVERY_MS = 10_000;
const WAIT_FOR_SCHEMA_MS = 1_000;

/** Chains every second, and anchors the head when due. Neither overlaps itself; every worker may run it. */
@Injectable()
export class AuditSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(AuditSchedule.name);
  readonly #stop = new AbortController();
  readonly #chaining: RepeatingTask;
  readonly #anchoring: RepeatingTask;
  #starting: Promise<void> | undefined;

  constructor(
    private readonly connector: DatabaseConnector,
    private readonly schema: SchemaVersion,
    chainer: AuditChainer,
    anchorer: AuditAnchorer,
    private readonly config: AuditConfig,
    private readonly scheduler: SchedulerRegistry,
  ) {
    this.#chaining = this.task('audit-chain', () => chainer.chainPending('leave'));
    this.#anchoring = this.task('audit-anchor', () => anchorer.anchorIfDue());
  }

  onApplicationBootstrap(): void {
    this.#starting = this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#starting;
    await Promise.all([this.#chaining.stop(), this.#anchoring.stop()]);
  }

  private async start(): Promise<void> {
    if (!(await this.connector.whenConnected())) return;
    while (!this.#stop.signal.aborted) {
      // Another process migrates.
      const pending = await this.schema.pending().catch(() => undefined);
      if (pending?.length === 0) break;
      await sleep(WAIT_FOR_SCHEMA_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    if (this.#stop.signal.aborted) return;
    const anchorEveryMs = Math.min(LOOK_FOR_ANCHOR_EVERY_MS, this.config.anchorIntervalMs);
    this.scheduler.addInterval('audit-chain', this.#chaining.start(CHAIN_EVERY_MS));
    this.scheduler.addInterval('audit-anchor', this.#anchoring.start(anchorEveryMs));
  }

  private task(name: string, work: () => Promise<unknown>): RepeatingTask {
    let isFailing = false;
    return new RepeatingTask(
      async () => {
        await work();
        isFailing = false;
      },
      (error) => {
        // Once until it works again: a database that is away would fill the log.
        if (!isFailing) this.#logger.error({ err: error, task: name }, 'The audit chain is not kept up; trying again.');
        isFailing = true;
      },
    );
  }
}
