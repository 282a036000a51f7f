import { Injectable, Logger } from '@nestjs/common';
import type { PermitBucket } from './permit-bucket.js';
import { PermitBuckets } from './permit-buckets.js';
import { PermitStore } from './permit.store.js';
import type { Grant } from './permit.store.js';
import type { RateLimitDecision, RateLimitPolicy } from './rate-limit-policy.js';

/** The most subjects of one policy that a process remembers. */
export const MAX_SUBJECTS = 20_000;

const MAX_SUBJECT_LENGTH = 320;
const IN_ADVANCE = 0.1;
const NONE_IN_ADVANCE = 0;
const RETRY_DATABASE_MS = 5_000;
// A locked table must not hold up calls for as long as a statement may wait.
const COUNT_LIMIT_MS = 1_000;

/**
 * Counts calls in windows that all processes share through the database.
 *
 * @remarks A window begins with its first call. Permits are reserved in blocks of a tenth of what is left, so that most calls need
 * no statement; over all processes no more calls than the limit are let through in a window. Permits that a process reserved and does not
 * use before the window ends are lost, so it may be a few less. Windows do not slide: around the
 * turn of one, twice the limit can go through in a moment.
 */
@Injectable()
export class RateLimiter {
  readonly #logger = new Logger(RateLimiter.name);
  readonly #buckets = new PermitBuckets(MAX_SUBJECTS);
  readonly #refusals = new Map<string, number>();
  #databaseAwayUntil = 0;

  constructor(private readonly store: PermitStore) {}

  /**
   * Takes one permit: at once while this process has some in stock, or knows that none are left; else after one statement.
   *
   * @remarks While the database cannot count within a second, every process counts alone: callers keep their limit, in each process.
   */
  take(policy: RateLimitPolicy, subject: string): RateLimitDecision | Promise<RateLimitDecision> {
    const key = bounded(subject);
    const bucket = this.#buckets.find(policy, key) ?? this.#buckets.add(policy, key);
    const now = performance.now();
    if (now < bucket.endsAt) {
      if (bucket.permits > 0) {
        bucket.permits -= 1;
        return decide(policy, bucket, true, now);
      }
      if (bucket.unreserved === 0) return this.refuse(policy, bucket, now);
    }
    return this.takeWhenReserved(policy, key, bucket, IN_ADVANCE);
  }

  /**
   * Takes one permit and reserves none in advance, so that the whole limit can be used whatever processes the calls meet.
   *
   * @throws DatabaseUnavailableError while the database is away: what must be counted is refused when it cannot be
   */
  async takeExact(policy: RateLimitPolicy, subject: string): Promise<RateLimitDecision> {
    const key = bounded(subject);
    const bucket = this.#buckets.find(policy, key) ?? this.#buckets.add(policy, key);
    const now = performance.now();
    if (bucket.isExhausted(now)) return this.refuse(policy, bucket, now);
    return this.takeWhenReserved(policy, key, bucket, NONE_IN_ADVANCE);
  }

  /** True when this process knows that nothing is left; false says nothing. */
  isExhausted(policy: RateLimitPolicy, subject: string): boolean {
    return this.#buckets.find(policy, bounded(subject))?.isExhausted(performance.now()) === true;
  }

  /** How many calls were refused since the process began, by the name of the policy. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  /** The subjects in memory. */
  get subjects(): number {
    return this.#buckets.size;
  }

  /** Forgets subjects whose window is over. */
  removeEnded(): void {
    this.#buckets.removeEnded(performance.now());
  }

  private async takeWhenReserved(
    policy: RateLimitPolicy,
    subject: string,
    bucket: PermitBucket,
    share: number,
  ): Promise<RateLimitDecision> {
    bucket.waiting += 1;
    try {
      for (;;) {
        bucket.reservation ??= this.reserve(policy, subject, bucket, share).finally(() => {
          bucket.reservation = undefined;
        });
        await bucket.reservation;
        const now = performance.now();
        // Also when the window ended on the way: the permit was reserved for a call that had come before.
        if (bucket.permits > 0) {
          bucket.permits -= 1;
          return decide(policy, bucket, true, now);
        }
        if (bucket.isExhausted(now)) return this.refuse(policy, bucket, now);
      }
    } finally {
      bucket.waiting -= 1;
    }
  }

  private refuse(policy: RateLimitPolicy, bucket: PermitBucket, now: number): RateLimitDecision {
    this.#refusals.set(policy.name, (this.#refusals.get(policy.name) ?? 0) + 1);
    return decide(policy, bucket, false, now);
  }

  private async reserve(policy: RateLimitPolicy, subject: string, bucket: PermitBucket, share: number): Promise<void> {
    // The end of the window is counted from here and not from the answer: rather too early, so that no permit outlives its window.
    const askedAt = performance.now();
    if (share !== NONE_IN_ADVANCE && (askedAt < this.#databaseAwayUntil || !this.store.isConnected)) {
      countAlone(policy, bucket, askedAt);
      return;
    }
    try {
      const answer = this.store.reserve(policy, subject, bucket.waiting, share);
      const { granted, unreserved, endsInMs } = await (share === NONE_IN_ADVANCE ? answer : inTime(answer));
      bucket.permits = granted;
      bucket.unreserved = unreserved;
      bucket.endsAt = askedAt + endsInMs;
    } catch (error) {
      if (share === NONE_IN_ADVANCE) throw error;
      this.#logger.warn({ err: error }, 'Calls cannot be counted in the database: this process counts alone.');
      this.#databaseAwayUntil = performance.now() + RETRY_DATABASE_MS;
      countAlone(policy, bucket, performance.now());
    }
  }
}

/** @throws Error when the database is too slow; its answer is not waited for then */
async function inTime(answer: Promise<Grant>): Promise<Grant> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The database did not count within ${String(COUNT_LIMIT_MS)} ms.`));
    }, COUNT_LIMIT_MS);
  });
  try {
    return await Promise.race([answer, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** A window of this process's own. */
function countAlone(policy: RateLimitPolicy, bucket: PermitBucket, now: number): void {
  bucket.permits = policy.limit;
  bucket.unreserved = 0;
  bucket.endsAt = now + policy.windowSeconds * 1000;
}

function decide(policy: RateLimitPolicy, bucket: PermitBucket, allowed: boolean, now: number): RateLimitDecision {
  const resetSeconds = Math.max(1, Math.ceil((bucket.endsAt - now) / 1000));
  return { allowed, policy, remaining: bucket.permits + bucket.unreserved, resetSeconds };
}

/** Bounds what a caller can make us remember. */
function bounded(subject: string): string {
  return subject.length <= MAX_SUBJECT_LENGTH ? subject : `${subject.slice(0, MAX_SUBJECT_LENGTH)}…${String(subject.length)}`;
}
