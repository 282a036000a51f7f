/** A piece of work that never overlaps itself: triggers that come while it runs make it run once more afterwards. */
export class SerialTask {
  #running: Promise<void> | undefined;
  #again = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** True while the work runs. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Runs the work now, or once more when the present run ends. */
  trigger(): void {
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.run();
  }

  /** Resolves when no run is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  private async run(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.work();
      } catch (error) {
        this.onError(error);
        // The next trigger tries again; doing it at once would spin while the cause lasts.
        this.#again = false;
      }
    } while (this.#again as boolean);
    // In the same step as the last look at #again, so that no trigger falls between the two.
    this.#running = undefined;
  }
}
