import { DatabaseConnector } from '#zakops/database';
import { EventLog } from '#zakops/outbox';
import type { LogHead, PublishedEvent, StopFollowing } from '#zakops/outbox';
import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 500;
/** How often the name of the log is compared: streams learn of another log within two seconds. */
const VERIFY_EVERY_MS = 1_000;
// A read that hangs must not hold up the end of the process.
const STOP_WAIT_MS = 1_000;

/** Learns what the tail reads, in the same step in which {@link LogTail.head} moves. */
export interface LogTailListener {
  onEvents(events: readonly PublishedEvent[]): void;
  /** Another log took the place of this one; the head is the new one's. */
  onOtherLog(): void;
}

/** Follows the log once for the whole process, and knows how far it has come. */
@Injectable()
export class LogTail {
  readonly #logger = new Logger(LogTail.name);
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();
  #listener: LogTailListener | undefined;
  #head: LogHead | undefined;
  #lag = 0;
  #stopFollowing: StopFollowing | undefined;
  #run = 0;
  #verifying: NodeJS.Timeout | undefined;
  #isVerifying = false;

  constructor(
    private readonly log: EventLog,
    private readonly connector: DatabaseConnector,
  ) {}

  /** How far this process has come; undefined until the log was reached for the first time. */
  get head(): LogHead | undefined {
    return this.#head;
  }

  /** How many events it was behind the end of the log at the last {@link verify}; 0 before the first. */
  get lag(): number {
    return this.#lag;
  }

  /** Begins at the log's end, as soon as the database answers. */
  async start(listener: LogTailListener): Promise<void> {
    this.#listener = listener;
    if (!(await this.connector.whenConnected())) return;
    while (!this.isStopping()) {
      const head = await this.log.head().catch((error: unknown) => {
        // For example, migrations still run.
        this.#logger.debug({ err: error }, 'The head of the log cannot be read yet.');
        return undefined;
      });
      if (this.isStopping()) return;
      if (head !== undefined) {
        this.follow(head);
        this.#verifying = setInterval(() => {
          this.verifyAgain();
        }, VERIFY_EVERY_MS);
        return;
      }
      await sleep(RETRY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Resolves at the next movement: events, another log, or the end of the process. */
  moved(): Promise<void> {
    if (this.isStopping()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Gives the head once there is one; undefined after `limitMs`, or when the process stops. */
  async whenReady(limitMs: number): Promise<LogHead | undefined> {
    if (this.#head !== undefined) return this.#head;
    await Promise.race([this.moved(), sleep(limitMs, undefined, { ref: false })]);
    return this.#head;
  }

  /**
   * Compares with the log itself, and starts over when the log is another one or went back.
   *
   * @returns where the log ends
   * @throws DatabaseUnavailableError when the server cannot be reached
   */
  async verify(): Promise<LogHead> {
    // Before the question, because events may arrive while the answer is on its way.
    const before = this.#head;
    const run = this.#run;
    const actual = await this.log.head();
    const wentBack = before !== undefined && (actual.epoch !== before.epoch || actual.position < before.position);
    if (wentBack && run === this.#run && !this.isStopping()) {
      this.#logger.warn({ before, actual }, 'The log is another one now: all streams start over.');
      void this.#stopFollowing?.();
      this.follow(actual);
      this.#listener?.onOtherLog();
    }
    // Events that arrived meanwhile were on their way, which is no lag.
    this.#lag = Math.max(0, actual.position - (this.#head?.position ?? actual.position));
    return actual;
  }

  /** Follows no more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#verifying);
    this.wakeAll();
    await Promise.race([this.#stopFollowing?.(), sleep(STOP_WAIT_MS, undefined, { ref: false })]);
  }

  private isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  /** The log may have been replaced, by a restored backup for one. One question at a time, however slow the answer. */
  private verifyAgain(): void {
    if (this.#isVerifying) return;
    this.#isVerifying = true;
    this.verify()
      .catch(() => undefined)
      .finally(() => {
        this.#isVerifying = false;
      });
  }

  private follow(head: LogHead): void {
    const run = ++this.#run;
    this.#head = head;
    this.#stopFollowing = this.log.follow(head.position, (events) => {
      const last = events.at(-1);
      if (last === undefined || run !== this.#run || this.isStopping()) return;
      this.#head = { epoch: head.epoch, position: last.position };
      this.#listener?.onEvents(events);
      this.wakeAll();
    });
    this.wakeAll();
  }

  private wakeAll(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
