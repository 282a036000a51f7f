import type { OperatorRole, OperatorStatus } from '../domain/operator-role.js';

/** An operator as administrators see it. */
export interface OperatorView {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly status: OperatorStatus;
  readonly hasPassword: boolean;
  readonly mustChangePassword: boolean;
  /** Set while failed logins keep the account closed. */
  readonly lockedUntil: Date | null;
  readonly lastLoginAt: Date | null;
  readonly passwordChangedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}
