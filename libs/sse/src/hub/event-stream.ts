import type { Principal } from '#zakops/auth';
import type { ServerResponse } from 'node:http';
import type { EventFilter } from '../events/event-filter.js';
import type { SseConfig } from '../sse.config.js';
import { encodeControl } from '../wire/frames.js';

/**
 * Why a stream ended: the client went, it read too slowly (`slow`: too much waited; `stalled`: it took nothing for too long), the log
 * was replaced by another (`epoch_changed`), the process stops (`shutdown`), whoever opened it may not read on (`unauthorized`), or it was
 * answered with a problem before it began (`refused`).
 */
export const CLOSE_CAUSES = ['client', 'slow', 'stalled', 'epoch_changed', 'shutdown', 'unauthorized', 'refused'] as const;

/** One of {@link CLOSE_CAUSES}. */
export type CloseCause = (typeof CLOSE_CAUSES)[number];

/** Ends that the server decides because the stream cannot go on. */
export type ResetCause = 'slow' | 'epoch_changed';

/** The part of the settings that a stream obeys. */
export type StreamLimits = Pick<SseConfig, 'bufferBytes' | 'bufferFrames' | 'slowTimeoutMs'>;

// The kernel asks a silent peer whether it is still there.
const KEEP_ALIVE_MS = 30_000;

/** Who is told of a stream's end. */
export interface StreamKeeper {
  /** Nothing more is to be delivered; told once, by whichever side ended it. */
  onEnded(stream: EventStream, cause: CloseCause): void;
  /** The connection is gone. */
  onClosed(stream: EventStream): void;
}

/** One client: writes to its response, and notices when it cannot keep up. Holds no timer and no query. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #limits: StreamLimits;
  readonly #keeper: StreamKeeper;
  #cause: CloseCause | undefined;
  #waitingFrames = 0;
  #takenBytes = 0;
  #stalledSinceMs: number | undefined;
  #begun = false;
  #wake: (() => void) | undefined;

  /** @param principal - who reads it */
  constructor(
    response: ServerResponse,
    readonly filter: EventFilter,
    readonly principal: Principal,
    limits: StreamLimits,
    keeper: StreamKeeper,
  ) {
    this.#response = response;
    this.#limits = limits;
    this.#keeper = keeper;
    response.once('close', () => {
      this.leave('client');
      keeper.onClosed(this);
    });
    response.on('drain', () => {
      this.#wake?.();
    });
    // A connection that breaks is not news; 'close' follows.
    response.on('error', () => undefined);
  }

  /** False from the moment it is being closed, by whomever. */
  get isOpen(): boolean {
    return this.#cause === undefined && !this.#response.destroyed;
  }

  /** True once its head is written. */
  get hasBegun(): boolean {
    return this.#begun;
  }

  /** Events that were written and not taken by the network yet. */
  get waitingFrames(): number {
    return this.#response.writableLength === 0 ? 0 : this.#waitingFrames;
  }

  /** Writes the head and the first bytes at once, and takes the connection out of what HTTP does with idle ones. */
  begin(headers: Readonly<Record<string, string>>, firstBytes: string): void {
    if (!this.isOpen) return;
    const response = this.#response;
    // The body ends with the connection, so no frame needs a chunk around it.
    response.shouldKeepAlive = false;
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, headers);
    response.flushHeaders();
    response.socket?.setNoDelay(true);
    response.socket?.setTimeout(0);
    response.socket?.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#begun = true;
    response.write(firstBytes);
  }

  /** Writes without a limit, for those who wait for {@link drained} in between. */
  write(...buffers: readonly (Buffer | string)[]): void {
    if (!this.isOpen) return;
    // Given to the socket together, without a copy of them in one buffer.
    this.#response.cork();
    for (const bytes of buffers) this.#response.write(bytes);
    this.#response.uncork();
  }

  /** Resolves when the client has caught up, or is gone. */
  async drained(): Promise<void> {
    while (this.isOpen && this.#response.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /**
   * Writes events as they happen, and closes the stream when its client is too far behind.
   *
   * @param frames - how many events the bytes hold
   */
  deliver(buffers: readonly Buffer[], frames: number): void {
    if (!this.isOpen) return;
    const wasBehind = this.#response.writableLength > 0;
    if (!wasBehind) this.#waitingFrames = 0;
    this.write(...buffers);
    const unsentBytes = this.#response.writableLength;
    if (unsentBytes === 0) return;
    this.#waitingFrames += frames;
    // One batch, however large, is no sign of slowness: nobody can take it faster than the line does.
    if (wasBehind && (this.#waitingFrames > this.#limits.bufferFrames || unsentBytes > this.#limits.bufferBytes)) this.reset('slow');
  }

  /** Breaks the connection off when the client has taken nothing of what waits for it for too long, last words included. */
  cutOffIfStalled(nowMs: number): void {
    const unsentBytes = this.#response.writableLength;
    const takenBytes = (this.#response.socket?.bytesWritten ?? 0) - unsentBytes;
    if (unsentBytes === 0 || takenBytes > this.#takenBytes) this.#stalledSinceMs = undefined;
    else this.#stalledSinceMs ??= nowMs;
    this.#takenBytes = takenBytes;
    if (this.#stalledSinceMs === undefined || nowMs - this.#stalledSinceMs < this.#limits.slowTimeoutMs) return;
    this.leave('stalled');
    this.destroy();
  }

  /** Ends it with the reason as its last words; without an id, so that the client resumes from the last event it got. */
  reset(cause: ResetCause): void {
    this.end(cause, encodeControl('reset', { status: 'reset', reason: cause }));
  }

  /** Writes last words and closes when they are sent. A stream that has not begun is left to whoever would have begun it. */
  end(cause: CloseCause, lastWords: string): void {
    if (!this.isOpen) return;
    if (this.#begun) this.#response.end(lastWords);
    this.leave(cause);
  }

  /** Gives it up before it began: its request is answered otherwise. */
  abandon(): void {
    this.leave('refused');
  }

  /** Closes at once, whatever is unsent. */
  destroy(): void {
    this.#response.destroy();
  }

  private leave(cause: CloseCause): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    this.#wake?.();
    this.#keeper.onEnded(this, cause);
  }
}
