import { RepeatingTask } from '#zakops/kernel';
import { ProcessIdentity } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { StreamAdmission } from './stream-admission.js';
import { StreamOrderStore } from './stream-order.store.js';
import { StreamRegistry } from './stream-registry.js';

const EVERY_MS = 1_000;

/** Carries out what operators ask of the streams of this process, within about a second. Asks nothing while there is no stream. */
@Injectable()
export class StreamOrderTaker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(StreamOrderTaker.name);
  readonly #task: RepeatingTask;

  constructor(
    private readonly identity: ProcessIdentity,
    private readonly orders: StreamOrderStore,
    private readonly streams: StreamRegistry,
    private readonly admission: StreamAdmission,
  ) {
    this.#task = new RepeatingTask(
      () => this.carryOut(),
      (error) => {
        this.#logger.debug({ err: error }, 'Orders to streams cannot be read at the moment.');
      },
    );
  }

  onApplicationBootstrap(): void {
    this.#task.start(EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#task.stop();
  }

  private async carryOut(): Promise<void> {
    if (this.admission.total === 0) return;
    for (const { streamId, count } of await this.orders.take(this.identity.id)) {
      if (streamId === null) this.streams.endOldest(count);
      else this.streams.endOne(streamId);
    }
  }
}
