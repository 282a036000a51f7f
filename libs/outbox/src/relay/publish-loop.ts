import { SerialTask } from '#zakops/kernel';
import type { LoopState } from '#zakops/processes';
import { Logger } from '@nestjs/common';
import type { RunnerTools } from '../consume/runner-tools.js';
import { WorkerFencedError } from '../publish/publisher.js';
import type { Publisher } from '../publish/publisher.js';
import { RateMeter } from './rate-meter.js';
import { TurnClock } from './turn-clock.js';

/** What the loop needs besides the tools. */
export interface PublishLoopOptions {
  readonly publisher: Publisher;
  readonly state: LoopState;
  /** Called after each step that has published something. */
  readonly onPublished: () => void;
}

/** Publishes what is committed, step by step, until nothing waits. */
export class PublishLoop {
  readonly #logger = new Logger(PublishLoop.name);
  readonly #task: SerialTask;
  readonly #turns = new TurnClock();
  readonly #rate = new RateMeter();
  #lastSuccessAt: Date | undefined;
  #stopped = false;

  constructor(
    private readonly tools: RunnerTools,
    private readonly options: PublishLoopOptions,
  ) {
    this.#task = new SerialTask(
      () => this.publishAll(),
      (error) => {
        this.onError(error);
      },
    );
  }

  /** When it last found nothing more to publish; undefined before the first time. */
  get lastSuccessAt(): Date | undefined {
    return this.#lastSuccessAt;
  }

  /** Events published. */
  get rate(): RateMeter {
    return this.#rate;
  }

  /** Milliseconds since the last step while a run is under way; 0 otherwise. */
  get idleMs(): number {
    return this.#task.isRunning ? this.#turns.idleMs : 0;
  }

  /** Looks for waiting events now. */
  wake(): void {
    if (!this.#stopped) this.#task.trigger();
  }

  /** Begins no further step, and resolves when the step under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#task.idle();
  }

  private async publishAll(): Promise<void> {
    const { config, reader, leadership, metrics, crashPoints } = this.tools;
    const { publisher, state, onPublished } = this.options;
    for (;;) {
      this.#turns.turned();
      const { fence } = leadership;
      if (fence === undefined || this.#stopped) return;
      state.begun();
      const { published, head, isFull, events } = await publisher.publish(fence, config.batchSize).catch((error: unknown) => {
        if (error instanceof WorkerFencedError) leadership.resign(fence);
        throw error;
      });
      reader.published(head, events);
      this.#rate.add(published);
      metrics.published(published);
      if (published > 0) {
        crashPoints.reach('before-hint');
        onPublished();
      }
      // The rest is locked by other sessions. A later commit sends a notice, and triggers another run.
      if (!isFull || published === 0) break;
    }
    this.#lastSuccessAt = new Date();
    metrics.polled();
    state.succeeded();
  }

  private onError(error: unknown): void {
    if (error instanceof WorkerFencedError) {
      this.#logger.warn(error.message);
      this.options.state.forget();
      this.tools.metrics.publicationFenced();
      return;
    }
    this.options.state.failed(error);
    this.#logger.error({ err: error }, 'Publishing failed; it goes on at the next poll.');
  }
}
