import { UnitOfWork } from '#zakops/database';
import type { Pause, PauseTarget } from '../src/pauses/pause.js';
import { PauseStore } from '../src/pauses/pause.store.js';
import type { OutboxProcess } from './outbox-testbed.js';

/** Begins and ends pauses as the commands do, from one process of a testbed. */
export class Pauses {
  readonly #store = new PauseStore();

  constructor(private readonly process: OutboxProcess) {}

  /** @param end - minutes, or an instant in milliseconds */
  async begin(target: PauseTarget, end: { minutes: number } | { until: string } = { minutes: 60 }): Promise<Pause> {
    const pause = await this.process
      .get(UnitOfWork)
      .run((tx) => this.#store.begin(tx, { target, end, reason: 'a test', pausedBy: 'user:test' }));
    if (pause === undefined) throw new Error('The end of the pause is refused.');
    return pause;
  }

  async resume({ id }: Pick<Pause, 'id'>): Promise<void> {
    await this.process.get(UnitOfWork).run((tx) => this.#store.resume(tx, id, 'user:test'));
  }

  async changeEnd({ id }: Pick<Pause, 'id'>, until: Date): Promise<void> {
    await this.process.get(UnitOfWork).run((tx) => this.#store.changeEnd(tx, id, { until: until.toISOString() }));
  }
}
