import { PermitBucket } from './permit-bucket.js';
import type { RateLimitPolicy } from './rate-limit-policy.js';

/** The buckets of a process; of each policy at most `capacity`, so that a flood of addresses cannot fill the memory. */
export class PermitBuckets {
  readonly #byPolicy = new Map<string, Map<string, PermitBucket>>();

  constructor(private readonly capacity: number) {}

  /** The bucket of a subject, or undefined when there is none. */
  find(policy: RateLimitPolicy, subject: string): PermitBucket | undefined {
    return this.#byPolicy.get(policy.name)?.get(subject);
  }

  /** Makes a bucket. The oldest gives way when there are too many: the database remembers it, only permits in stock are lost. */
  add(policy: RateLimitPolicy, subject: string): PermitBucket {
    let buckets = this.#byPolicy.get(policy.name);
    if (buckets === undefined) this.#byPolicy.set(policy.name, (buckets = new Map<string, PermitBucket>()));
    if (buckets.size >= this.capacity) {
      const [oldest] = buckets.keys();
      if (oldest !== undefined) buckets.delete(oldest);
    }
    const bucket = new PermitBucket();
    buckets.set(subject, bucket);
    return bucket;
  }

  /** Forgets what is over and what nobody waits for. */
  removeEnded(now: number): void {
    for (const buckets of this.#byPolicy.values()) {
      for (const [subject, bucket] of buckets) if (bucket.endsAt <= now && bucket.waiting === 0) buckets.delete(subject);
    }
  }

  get size(): number {
    let size = 0;
    for (const buckets of this.#byPolicy.values()) size += buckets.size;
    return size;
  }
}
