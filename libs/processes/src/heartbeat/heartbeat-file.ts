import { RuntimeConfig } from '#zakops/config';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { ProcessHeartbeat } from './process-heartbeat.js';

/** How often the file is written. */
export const FILE_EVERY_MS = 5_000;

// The folder may be one that others write to.
const NO_LINK = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Keeps the file of `WORKER_HEARTBEAT_FILE` as old as the last finished turn of the main loop, so that a probe needs nothing but its age.
 *
 * @remarks It grows old when the event loop is blocked, the process is frozen or gone, or the main loop finishes nothing. It stays young while
 * the database is away. There is none before the start and after an orderly stop.
 */
@Injectable()
export class HeartbeatFile implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(HeartbeatFile.name);
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(
    private readonly config: RuntimeConfig,
    private readonly heartbeat: ProcessHeartbeat,
  ) {}

  /** A process that was killed has left it behind. */
  async onModuleInit(): Promise<void> {
    await this.remove();
  }

  /** Begins. The program calls it once its signal handlers are set: a supervisor may send a signal as soon as it sees the file. */
  async begin(): Promise<void> {
    const { workerHeartbeatFile: path } = this.config;
    if (path === undefined) return;
    this.#timer = setInterval(() => {
      this.#writing ??= this.write(path).finally(() => (this.#writing = undefined));
    }, FILE_EVERY_MS).unref();
    await this.write(path);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.remove();
  }

  private async write(path: string): Promise<void> {
    const at = new Date(Date.now() - this.heartbeat.idleMs);
    try {
      const file = await open(path, NO_LINK, 0o644);
      try {
        await file.utimes(at, at);
      } finally {
        await file.close();
      }
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) this.#logger.error({ err: error, path }, 'The heartbeat file cannot be written; health checks will fail.');
      this.#failed = true;
    }
  }

  private async remove(): Promise<void> {
    const { workerHeartbeatFile: path } = this.config;
    if (path !== undefined) await rm(path, { force: true }).catch(() => undefined);
  }
}
