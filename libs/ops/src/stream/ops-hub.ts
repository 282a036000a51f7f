import type { Principal } from '#zakops/auth';
import { RuntimeConfig } from '#zakops/config';
import { OPS_CHANNEL } from '#zakops/figures';
import { SerialTask } from '#zakops/kernel';
import { WakeSignal } from '#zakops/outbox';
import { EventFilter, EventVisibility, HEARTBEAT_LINE, RETRY_LINE, SseConfig, STREAM_HEADERS } from '#zakops/sse';
import type { EventStream } from '#zakops/sse';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { OpsSnapshots } from '../snapshot/ops-snapshot.js';
import { encodeFrame } from './ops-frames.js';
import { OpsStreams } from './ops-streams.js';
import { OpsTopics } from './ops-topics.js';

/** How often the state is looked at while somebody watches. */
export const LOOK_EVERY_MS = 2_000;

/**
 * Brings the state of operations to everybody who watches it.
 *
 * @remarks It does not hang on what it shows: it reads tables, not the event log, so it goes on without a worker, and says so when the
 * database is away. One look in two seconds serves all streams of the process, and none is made while nobody watches. The snapshot is encoded
 * once, and sent when something but the clock has changed. Nothing is replayed: the newest state wins.
 */
@Injectable()
export class OpsHub implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(OpsHub.name);
  readonly #live = new Set<EventStream>();
  /** Those that have not got a snapshot yet. */
  readonly #fresh = new Set<EventStream>();
  readonly #looking: SerialTask;
  readonly #topics: OpsTopics;
  #sent: { readonly covers: string; readonly frame: Buffer } | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;

  constructor(
    private readonly snapshots: OpsSnapshots,
    private readonly streams: OpsStreams,
    private readonly wake: WakeSignal,
    private readonly config: SseConfig,
    private readonly runtime: RuntimeConfig,
  ) {
    this.#looking = new SerialTask(
      () => this.look(),
      (error) => {
        this.#logger.error({ err: error }, 'The state of operations could not be sent.');
      },
    );
    this.#topics = new OpsTopics((topics) => {
      this.deliver(this.#live, Buffer.from(encodeFrame('changed', { topics, at: new Date().toISOString() })));
    });
  }

  onApplicationBootstrap(): void {
    this.#stopListening = this.wake.on(OPS_CHANNEL, (topic) => {
      // After a lost connection anything may have changed; the next look shows it.
      if (topic !== '' && this.#live.size > 0) this.#topics.add(topic);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopListening?.();
    await this.streams.closeAll();
    this.rest();
    await this.#looking.idle();
  }

  /**
   * Opens a stream on a response, whose head must not be written yet.
   *
   * @throws TooManyStreamsError, TooManyStreamsOfUserError, StreamsUnavailableError
   */
  open(response: ServerResponse, principal: Principal): void {
    const filter = new EventFilter({ visibility: new EventVisibility(principal.scopes) });
    const stream = this.streams.admit(response, filter, principal, (ended) => {
      this.#live.delete(ended);
      this.#fresh.delete(ended);
      if (this.#live.size === 0) this.rest();
    });
    const { version, commit } = this.runtime;
    const hello = { build: `${version}+${commit}`, every_ms: LOOK_EVERY_MS, scopes: [...principal.scopes].sort() };
    stream.begin('live', STREAM_HEADERS, RETRY_LINE + encodeFrame('hello', hello));
    if (!stream.isOpen) return;
    this.#live.add(stream);
    this.#fresh.add(stream);
    this.watch();
    this.#looking.trigger();
  }

  private watch(): void {
    this.#ticker ??= setInterval(() => {
      this.#looking.trigger();
    }, LOOK_EVERY_MS);
    this.#heartbeat ??= setInterval(() => {
      this.streams.cutOffStalled();
      this.deliver(this.#live, HEARTBEAT_LINE);
    }, this.config.heartbeatMs);
  }

  /** Nobody watches: nothing is read any more. */
  private rest(): void {
    clearInterval(this.#ticker);
    clearInterval(this.#heartbeat);
    this.#ticker = undefined;
    this.#heartbeat = undefined;
    this.#topics.stop();
    this.#sent = undefined;
  }

  private async look(): Promise<void> {
    if (this.#live.size === 0) return;
    const { body, covers } = await this.snapshots.get();
    if (this.#sent?.covers === covers) {
      this.deliver(this.#fresh, this.#sent.frame);
    } else {
      this.#sent = { covers, frame: Buffer.from(encodeFrame('snapshot', body)) };
      this.deliver(this.#live, this.#sent.frame);
    }
    this.#fresh.clear();
  }

  /** A client that does not take what is sent is cut off, and gets the newest state when it comes back. */
  private deliver(streams: Iterable<EventStream>, frame: Buffer): void {
    for (const stream of streams) stream.deliver([frame], 1);
  }
}
