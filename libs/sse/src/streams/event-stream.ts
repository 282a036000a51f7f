import type { Principal } from '#zakops/auth';
import { uuidV7 } from '#zakops/kernel';
import type { ServerResponse } from 'node:http';
import type { EventFilter } from '../events/event-filter.js';
import { encodeControl } from '../wire/frames.js';
import type { ResetReason } from '../wire/reset-reason.js';
import { ClientPace } from './client-pace.js';
import type { PaceLimits } from './client-pace.js';

/**
 * Why a stream ended.
 *
 * - `client`: the client closed the connection
 * - `slow`: too many events waited for the client
 * - `stalled`: the client took nothing for too long
 * - `epoch_changed`: another log replaced this one
 * - `shutdown`: the process stops
 * - `unauthorized`: the reader may not read on
 * - `ended`: somebody who operates the system ended it
 * - `refused`: the request was answered with a problem before the stream began
 */
export const CLOSE_CAUSES = ['client', 'slow', 'stalled', 'epoch_changed', 'shutdown', 'unauthorized', 'ended', 'refused'] as const;

/** One of {@link CLOSE_CAUSES}. */
export type CloseCause = (typeof CLOSE_CAUSES)[number];

/** How a stream began, as its first frame says. */
export type ResumeVerdict = 'live' | 'replayed' | `reset: ${ResetReason}`;

/** Causes that the client learns by a `reset` frame. */
export type ResetCause = 'slow' | 'epoch_changed';

// The kernel asks a silent peer whether it is still there.
const KEEP_ALIVE_MS = 30_000;

/** Learns when a stream ends. */
export interface StreamKeeper {
  /** Nothing more is to be delivered. Called once for each stream. */
  onEnded(stream: EventStream, cause: CloseCause): void;
  /** The connection is gone. */
  onClosed(stream: EventStream): void;
}

/** One client: writes to its response, and ends when the client cannot keep up. Holds no timer and no query. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #pace: ClientPace;
  readonly #keeper: StreamKeeper;
  #cause: CloseCause | undefined;
  #begun = false;
  #resume: ResumeVerdict | undefined;
  #sentFrames = 0;
  #wake: (() => void) | undefined;

  /** UUID, version 7: later streams have greater ones. */
  readonly id = uuidV7();
  readonly beganAt = new Date();

  /**
   * @param principal - who reads it
   * @param address - of the client
   */
  constructor(
    response: ServerResponse,
    readonly filter: EventFilter,
    readonly principal: Principal,
    readonly address: string | null,
    limits: PaceLimits,
    keeper: StreamKeeper,
  ) {
    this.#response = response;
    this.#pace = new ClientPace(response, limits);
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

  /** False once either side began to close it. */
  get isOpen(): boolean {
    return this.#cause === undefined && !this.#response.destroyed;
  }

  /** True once its head is written. */
  get hasBegun(): boolean {
    return this.#begun;
  }

  /** How it began; undefined before. */
  get resume(): ResumeVerdict | undefined {
    return this.#resume;
  }

  /** Events that were written as they happened; those of a replay are not among them. */
  get sentFrames(): number {
    return this.#sentFrames;
  }

  /** Events that were written and that the network has not taken yet. */
  get waitingFrames(): number {
    return this.#pace.waitingFrames;
  }

  /** Writes the head and the first bytes at once, and exempts the connection from the limits for idle ones. */
  begin(resume: ResumeVerdict, headers: Readonly<Record<string, string>>, firstBytes: string): void {
    if (!this.isOpen) return;
    this.#resume = resume;
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

  /** Writes without a limit; callers await {@link drained} in between. */
  write(...buffers: readonly (Buffer | string)[]): void {
    if (!this.isOpen) return;
    // The socket gets the buffers together, without a copy of them in one buffer.
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
    this.#sentFrames += frames;
    const isBehind = this.#pace.isBehindAfter(frames, () => {
      this.write(...buffers);
    });
    if (isBehind) this.reset('slow');
  }

  /** Breaks the connection off when its client has taken nothing for too long, not even the last words. */
  cutOffIfStalled(nowMs: number): void {
    if (!this.#pace.isStalled(nowMs)) return;
    this.leave('stalled');
    this.destroy();
  }

  /** Ends with a `reset` frame that names the cause. The frame has no id: the client resumes from the last event it got. */
  reset(cause: ResetCause): void {
    this.end(cause, encodeControl('reset', { status: 'reset', reason: cause }));
  }

  /** Writes last words and closes when they are sent. A stream that has not begun writes nothing: its opener answers the request. */
  end(cause: CloseCause, lastWords: string): void {
    if (!this.isOpen) return;
    if (this.#begun) this.#response.end(lastWords);
    this.leave(cause);
  }

  /** Gives the stream up before it began: its opener answers the request. */
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
