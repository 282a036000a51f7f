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

// A failure for an unknown account runs the same statement, so that it takes the same time.
const NO_OPERATOR = '00000000-0000-0000-0000-000000000000';

const ANONYMOUS = { type: 'user', id: 'anonymous' } as const;

/** The call that checks a password. */
export type PasswordUse = 'login' | 'reauthentication' | 'password change';

/** Counts wrong passwords, and locks an account after too many in a row. */
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
   * Records a wrong password, in a transaction of its own, because the call fails.
   *
   * @param email - as given; the audit entry has a mark instead when no operator has this e-mail
   */
  async record(account: Credentials | undefined, email: string, use: PasswordUse): Promise<void> {
    const call = currentCall();
    if (call !== undefined) call.actor ??= ANONYMOUS;
    await this.unitOfWork.runApart(async (tx) => {
      const failures = await this.credentials.countFailure(tx, account?.id ?? NO_OPERATOR, account?.source ?? null);
      const lockedUntil = account === undefined || failures === undefined ? undefined : await this.lock(tx, account, failures);
      this.audit.record(tx, {
        action: 'login.failed',
        resourceType: 'operator',
        resourceId: account?.id ?? 'unknown',
        details: {
          // An unknown e-mail may be a password in the wrong field, and the audit log is never deleted.
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
