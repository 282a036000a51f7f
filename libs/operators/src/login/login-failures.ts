import { AuditLog } from '#zakops/audit';
import { makeEvent } from '#zakops/contracts';
import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentCall } from '#zakops/observability';
import { Outbox } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { lockSeconds } from '../domain/login-delay.js';
import { CredentialStore } from '../persistence/credential.store.js';
import type { Credentials } from '../persistence/credential.store.js';
import { UnknownNames } from './unknown-names.js';

// An account that does not exist is counted like one that does, so that both take the same time.
const NOBODY = '00000000-0000-0000-0000-000000000000';

const ANONYMOUS = { type: 'user', id: 'anonymous' } as const;

/** Where a password was asked for. */
export type PasswordUse = 'login' | 'reauthentication' | 'password change';

/** Counts wrong passwords, and closes an account for a while after too many in a row. */
@Injectable()
export class LoginFailures {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly credentials: CredentialStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly unknownNames: UnknownNames,
  ) {}

  /**
   * Notes that a password did not do, in a transaction of its own, because the call that brought it fails.
   *
   * @param email - as it was given; the audit log keeps a mark instead when no operator has it
   */
  async note(account: Credentials | undefined, email: string, use: PasswordUse): Promise<void> {
    const call = currentCall();
    // Whoever guesses has no name; the system did not do it either.
    if (call !== undefined) call.actor ??= ANONYMOUS;
    await this.unitOfWork.runApart(async (tx) => {
      const failures = await this.credentials.countFailure(tx, account?.id ?? NOBODY, account?.source ?? null);
      const lockedUntil = account === undefined || failures === undefined ? undefined : await this.lock(tx, account, failures);
      this.audit.record(tx, {
        action: 'login.failed',
        resourceType: 'operator',
        resourceId: account?.id ?? 'unknown',
        details: {
          // What no operator is called may be a password in the wrong field, and the log keeps it for ever.
          email: account === undefined ? this.unknownNames.mark(email) : email,
          use,
          ...(lockedUntil === undefined ? {} : { failed_attempts: failures, locked_until: lockedUntil.toISOString() }),
        },
      });
    });
  }

  private async lock(tx: Transaction, account: Credentials, failures: number): Promise<Date | undefined> {
    const seconds = lockSeconds(failures);
    if (seconds === 0) return undefined;
    const { lockedUntil, eventSeq } = await this.credentials.lock(tx, account.id, account.source, seconds);
    this.outbox.append(tx, [
      makeEvent('operator.login_locked', uuidV7(), account.id, eventSeq, {
        operator_id: account.id,
        email: account.email,
        address: currentCall()?.origin?.address ?? null,
        failed_attempts: failures,
        locked_until: lockedUntil.toISOString(),
      }),
    ]);
    return lockedUntil;
  }
}
