import { Logger } from '@nestjs/common';
import type { FailedAttempt } from '../tickets/ticket.js';

/**
 * Logs failed deliveries once their transaction is committed: one line for each kind of failure in it, with the first error in full.
 *
 * @remarks When everything fails, a line for each event would drown all others.
 */
export class FailureLog {
  readonly #logger = new Logger(FailureLog.name);

  /** @param failed - of one transaction, in the order of the log */
  committed(consumer: string, failed: readonly FailedAttempt[]): void {
    const kinds = new Map<string, FailedAttempt[]>();
    for (const attempt of failed) {
      const kind = kinds.get(attempt.fingerprint);
      if (kind === undefined) kinds.set(attempt.fingerprint, [attempt]);
      else kind.push(attempt);
    }
    for (const [fingerprint, attempts] of kinds) this.write(consumer, fingerprint, attempts);
  }

  private write(consumer: string, fingerprint: string, attempts: readonly FailedAttempt[]): void {
    const dead = attempts.filter(({ status }) => status === 'dead');
    const first = dead[0] ?? attempts[0];
    if (first === undefined) return;
    const { event, attempt } = first.delivery;
    const facts = {
      consumer,
      fingerprint,
      event_id: event.id,
      event_type: event.type,
      attempt,
      failed: attempts.length,
      dead: dead.length,
    };
    if (dead.length > 0) this.#logger.error({ ...facts, err: first.cause }, 'An event is dead for this consumer.');
    else this.#logger.warn({ ...facts, err: first.cause }, 'A delivery failed; it is tried again.');
  }
}
