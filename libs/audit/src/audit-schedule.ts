import { DatabaseConnector, SchemaVersion } from '#zakops/database';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditAnchorer } from './anchor/audit-anchorer.js';
import { AuditConfig } from './audit.config.js';
import { AuditChainer } from './chain/audit-chainer.js';

/** Names of the intervals in Nest's scheduler. */
export const CHAIN_INTERVAL = 'audit-chain';
export const ANCHOR_INTERVAL = 'audit-anchor';

const CHAIN_EVERY_MS = 1_000;
const LOOK_FOR_ANCHOR_EVERY_MS = 10_000;
const WAIT_FOR_SCHEMA_MS = 1_000;

/** Chains every second, and anchors the head when due. Neither overlaps itself; every worker may run it. */
@Injectable()
export class AuditSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(AuditSchedule.name);
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  readonly #failing = new Set<string>();
  #starting: Promise<void> | undefined;

  constructor(
    private readonly connector: DatabaseConnector,
    private readonly schema: SchemaVersion,
    private readonly chainer: AuditChainer,
    private readonly anchorer: AuditAnchorer,
    private readonly config: AuditConfig,
    private readonly scheduler: SchedulerRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.#starting = this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#starting;
    for (const name of [CHAIN_INTERVAL, ANCHOR_INTERVAL]) {
      if (this.scheduler.doesExist('interval', name)) this.scheduler.deleteInterval(name);
    }
    await Promise.all(this.#running.values());
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
    this.every(CHAIN_EVERY_MS, CHAIN_INTERVAL, () => this.chainer.chainPending('leave'));
    this.every(Math.min(LOOK_FOR_ANCHOR_EVERY_MS, this.config.anchorIntervalMs), ANCHOR_INTERVAL, () => this.anchorer.anchorIfDue());
  }

  private every(periodMs: number, name: string, work: () => Promise<unknown>): void {
    const run = async (): Promise<void> => {
      try {
        await work();
        this.#failing.delete(name);
      } catch (error) {
        // Logged once per failure in a row: an unreachable database would fill the log.
        if (!this.#failing.has(name)) this.#logger.error({ err: error, task: name }, 'The audit chain is not kept up; trying again.');
        this.#failing.add(name);
      } finally {
        this.#running.delete(name);
      }
    };
    this.scheduler.addInterval(
      name,
      setInterval(() => {
        if (!this.#running.has(name)) this.#running.set(name, run());
      }, periodMs),
    );
  }
}
