/** What one process knows of one subject under one policy. */
export class PermitBucket {
  /** Reserved and not used. */
  permits = 0;
  /** Permits that no process had reserved when the database was last asked. */
  unreserved = 0;
  /** By `performance.now()`; what is known holds until then. */
  endsAt = 0;
  /** Callers that wait for a permit. */
  waiting = 0;
  /** The reservation under way: one at a time; all waiting callers share it. */
  reservation: Promise<void> | undefined;

  /** True while nothing is left, here or in the database. */
  isExhausted(now: number): boolean {
    return now < this.endsAt && this.permits === 0 && this.unreserved === 0;
  }
}
