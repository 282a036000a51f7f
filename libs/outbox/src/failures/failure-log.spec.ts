import { Logger } from '@nestjs/common';
import type { FailedAttempt } from '../tickets/ticket.js';
import { FailureLog } from './failure-log.js';

function attemptOf(id: string, fingerprint: string, status: 'failed' | 'dead', cause: Error): FailedAttempt {
  return { delivery: { event: { id, type: 'deal.updated' }, attempt: 1 }, fingerprint, status, cause } as unknown as FailedAttempt;
}

describe(FailureLog.name, () => {
  it('writes one line for each kind of failure, with the first error, as an error when one is dead', () => {
    const [error, warn] = [jest.spyOn(Logger.prototype, 'error').mockReturnValue(), jest.spyOn(Logger.prototype, 'warn').mockReturnValue()];
    const [lost, slow, gone] = [new Error('lost'), new Error('slow'), new Error('gone')];
    new FailureLog().committed('mailer', [
      attemptOf('1', 'fp1:a', 'failed', slow),
      attemptOf('2', 'fp1:b', 'failed', gone),
      attemptOf('3', 'fp1:a', 'dead', lost),
    ]);
    expect(error.mock.calls).toEqual([
      [
        { consumer: 'mailer', fingerprint: 'fp1:a', event_id: '3', event_type: 'deal.updated', attempt: 1, failed: 2, dead: 1, err: lost },
        'An event is dead for this consumer.',
      ],
    ]);
    expect(warn.mock.calls).toEqual([
      [
        { consumer: 'mailer', fingerprint: 'fp1:b', event_id: '2', event_type: 'deal.updated', attempt: 1, failed: 1, dead: 0, err: gone },
        'A delivery failed; it is tried again.',
      ],
    ]);
    error.mockRestore();
    warn.mockRestore();
  });
});
