import { uuidV7 } from '#zakops/kernel';
import type { AcceptedVersions } from '#zakops/kernel';
import { parseOperatorName } from './operator-name.js';
import { OperatorPreconditionError } from './operator.errors.js';
import type { OperatorRole, OperatorStatus } from './operator-role.js';

/** What an administrator may change of an operator. */
export interface ChangeableFields {
  readonly name: string;
  readonly role: OperatorRole;
  readonly status: OperatorStatus;
}

/** An operator that is not stored yet. */
export interface NewOperator extends ChangeableFields {
  readonly id: string;
  readonly email: string;
}

/** An operator as it is stored, without password and sessions. Instants are the database's. */
export interface OperatorState extends NewOperator {
  /** False before the first password, and after a reset until the next password. */
  readonly hasPassword: boolean;
  readonly mustChangePassword: boolean;
  /** Set while failed logins keep the account locked. */
  readonly lockedUntil: Date | null;
  readonly lastLoginAt: Date | null;
  readonly passwordChangedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Grows with every change of {@link ChangeableFields}. */
  readonly version: number;
}

/** What a change may ask for. `invited` cannot be asked for: it follows from the missing password. */
export interface OperatorChanges {
  readonly name?: string | undefined;
  readonly role?: OperatorRole | undefined;
  readonly status?: 'active' | 'disabled' | undefined;
}

/** The fields that a change touched, as they were and as they are. */
export interface OperatorChange {
  readonly before: Partial<ChangeableFields>;
  readonly after: Partial<ChangeableFields>;
}

const FIELDS = ['name', 'role', 'status'] as const;

/** A new operator; `invited` without a password, else `active`. */
export function newOperator(email: string, name: string, role: OperatorRole, hasPassword: boolean): NewOperator {
  return { id: uuidV7(), email, name, role, status: hasPassword ? 'active' : 'invited' };
}

/** The fields that an audit entry shows of an operator. */
export function auditFields({ email, name, role, status }: NewOperator): Readonly<Record<string, string>> {
  return { email, name, role, status };
}

/** A person who may use the system, loaded to be changed. */
export class Operator {
  #state: OperatorState;
  readonly #loaded: OperatorState;

  constructor(state: OperatorState) {
    this.#state = state;
    this.#loaded = state;
  }

  /** Instants are as loaded. */
  get state(): OperatorState {
    return this.#state;
  }

  get id(): string {
    return this.#state.id;
  }

  /** True when the changes since loading took away an administrator who could log in. */
  get leavesAdministration(): boolean {
    return isActiveAdmin(this.#loaded) && !isActiveAdmin(this.#state);
  }

  get isDisabled(): boolean {
    return this.#state.status === 'disabled';
  }

  /**
   * Checks that the caller knows the present version.
   *
   * @param accepted - versions; undefined accepts any
   * @throws OperatorPreconditionError
   */
  requireVersion(accepted: AcceptedVersions | undefined): void {
    if (accepted?.has(this.#state.version) === false) throw new OperatorPreconditionError(this.id, this.#state.version);
  }

  /**
   * Changes fields.
   *
   * @returns null, and the same version, when every given field has its value already
   */
  change(given: OperatorChanges): OperatorChange | null {
    const status = given.status === 'active' && !this.#state.hasPassword && this.#state.status !== 'active' ? 'invited' : given.status;
    return this.apply({ ...given, name: given.name === undefined ? undefined : parseOperatorName(given.name), status });
  }

  /** Notes that a password was set; an invited operator becomes active. */
  setPassword(): OperatorChange | null {
    this.#state = { ...this.#state, hasPassword: true };
    return this.apply({ status: this.#state.status === 'invited' ? 'active' : undefined });
  }

  /** Notes that the password was removed. The status stays. */
  removePassword(): void {
    this.#state = { ...this.#state, hasPassword: false };
  }

  private apply(given: { readonly [K in keyof ChangeableFields]?: ChangeableFields[K] | undefined }): OperatorChange | null {
    const names = FIELDS.filter((name) => given[name] !== undefined && given[name] !== this.#state[name]);
    if (names.length === 0) return null;
    const before = pick(this.#state, names);
    this.#state = { ...this.#state, ...pick(given, names), version: this.#state.version + 1 };
    return { before, after: pick(this.#state, names) };
  }
}

function isActiveAdmin({ role, status, hasPassword }: OperatorState): boolean {
  return role === 'admin' && status === 'active' && hasPassword;
}

function pick(
  from: { readonly [K in keyof ChangeableFields]?: ChangeableFields[K] | undefined },
  names: readonly (keyof ChangeableFields)[],
): Partial<ChangeableFields> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
