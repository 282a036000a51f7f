const GATHERED_FOR_MS = 250;
// A notice may come from a newer build, but never more than this of them at a time.
const MOST_TOPICS = 50;

/** Gathers topics for a quarter of a second, so that a bulk change is one frame. */
export class OpsTopics {
  readonly #topics = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onGathered - gets each topic once */
  constructor(private readonly onGathered: (topics: readonly string[]) => void) {}

  add(topic: string): void {
    if (this.#topics.size < MOST_TOPICS) this.#topics.add(topic);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const topics = [...this.#topics].sort();
      this.#topics.clear();
      this.onGathered(topics);
    }, GATHERED_FOR_MS);
  }

  /** Forgets what was gathered. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#topics.clear();
  }
}
