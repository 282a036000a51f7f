import { waitFor } from '#zakops/testing';
import type { Browser } from '../../security/support/browser.js';
import { PATIENCE_MS } from './release.js';
import { atAddress } from './scene.js';

/** Clients that make deals without a pause, each through the address that it is given at the time, as a balancer would. */
export class Writers {
  /** The deals whose making was answered. */
  readonly dealIds: string[] = [];
  /** Answers other than 201, and calls without an answer. */
  readonly failures: string[] = [];
  readonly #running: Promise<void>;
  #browsers: readonly Browser[] = [];
  #isOver = false;

  constructor(
    private readonly user: Browser,
    urls: readonly string[],
    count = 4,
  ) {
    this.sendTo(urls);
    this.#running = Promise.all(Array.from({ length: count }, (_, writer) => this.write(writer))).then(() => undefined);
  }

  /** From now on these addresses in turn; what is under way is finished where it is. */
  sendTo(urls: readonly string[]): void {
    this.#browsers = urls.map((url) => atAddress(this.user, url));
  }

  /** Waits until so many more were answered. */
  async more(count: number): Promise<void> {
    const enough = this.dealIds.length + count;
    await waitFor(`${String(count)} more deals`, () => this.dealIds.length >= enough || this.failures.length > 0, PATIENCE_MS);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  private async write(writer: number): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) {
      const browser = this.#browsers[(writer + n) % this.#browsers.length];
      if (browser === undefined) return;
      await browser.makeDeal(`w${String(writer)}-${String(n)}`).then(
        (id) => this.dealIds.push(id),
        (error: unknown) => this.failures.push(`${browser.url}: ${String(error)}`),
      );
    }
  }
}
