import type { ServerResponse } from 'node:http';
import type { SseConfig } from '../sse.config.js';

/** The settings for clients that read too slowly. */
export type PaceLimits = Pick<SseConfig, 'bufferBytes' | 'bufferFrames' | 'slowTimeoutMs'>;

/** Notices when a client does not keep up: too much waits for it, or it takes nothing for too long. */
export class ClientPace {
  #waitingFrames = 0;
  #takenBytes = 0;
  #stalledSinceMs: number | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly limits: PaceLimits,
  ) {}

  /** Events that were written and that the network has not taken yet. */
  get waitingFrames(): number {
    return this.response.writableLength === 0 ? 0 : this.#waitingFrames;
  }

  /**
   * Counts one batch, and tells whether too much waits after it.
   *
   * @param frames - how many events the batch holds
   * @param write - writes the batch to the response
   */
  isBehindAfter(frames: number, write: () => void): boolean {
    const wasBehind = this.response.writableLength > 0;
    if (!wasBehind) this.#waitingFrames = 0;
    write();
    const unsentBytes = this.response.writableLength;
    if (unsentBytes === 0) return false;
    this.#waitingFrames += frames;
    // One batch of any size is no sign of slowness: no client takes it faster than its line does.
    return wasBehind && (this.#waitingFrames > this.limits.bufferFrames || unsentBytes > this.limits.bufferBytes);
  }

  /** Whether the client has taken nothing of what waits for `slowTimeoutMs`; asked at an interval. */
  isStalled(nowMs: number): boolean {
    const unsentBytes = this.response.writableLength;
    const takenBytes = (this.response.socket?.bytesWritten ?? 0) - unsentBytes;
    if (unsentBytes === 0 || takenBytes > this.#takenBytes) this.#stalledSinceMs = undefined;
    else this.#stalledSinceMs ??= nowMs;
    this.#takenBytes = takenBytes;
    return this.#stalledSinceMs !== undefined && nowMs - this.#stalledSinceMs >= this.limits.slowTimeoutMs;
  }
}
