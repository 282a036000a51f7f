import { SerialTask } from './serial-task.js';

/**
 * A {@link SerialTask} that also runs at an interval, until it is stopped.
 *
 * @remarks A tick that comes while the work runs makes it run once more afterwards, as every other trigger does.
 */
export class RepeatingTask {
  readonly #task: SerialTask;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param work - gets a signal that is aborted when the task is stopped
   * @param onError - called when the work failed; the next tick runs it again
   */
  constructor(work: (signal: AbortSignal) => Promise<void>, onError: (error: unknown) => void) {
    const { signal } = this.#stop;
    this.#task = new SerialTask(() => (signal.aborted ? Promise.resolve() : work(signal)), onError);
  }

  /** True while the work runs. */
  get isRunning(): boolean {
    return this.#task.isRunning;
  }

  /**
   * Runs the work every `everyMs` milliseconds, for the first time after one interval. Call it once.
   *
   * @returns the timer, for a registry of timers; {@link stop} ends it
   */
  start(everyMs: number): NodeJS.Timeout {
    this.#timer = setInterval(() => {
      this.trigger();
    }, everyMs);
    if (this.#stop.signal.aborted) clearInterval(this.#timer);
    return this.#timer;
  }

  /** Runs the work now, or once more when the present run ends; nothing after {@link stop}. */
  trigger(): void {
    if (!this.#stop.signal.aborted) this.#task.trigger();
  }

  /** Resolves when no run is under way. */
  idle(): Promise<void> {
    return this.#task.idle();
  }

  /** Begins no further run, and resolves when the present one is over. */
  stop(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#timer);
    return this.#task.idle();
  }
}
