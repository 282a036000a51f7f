import { uuidV7 } from '#zakops/kernel';
import type { AcceptedVersions } from '#zakops/kernel';
import { takeName } from './operator-name.js';
import { OperatorPreconditionError } from './operator.errors.js';
import type { OperatorRole, OperatorStatus } from './operator-role.js';

/** What an administrator may change of an operator. */
export interface OperatorFields {
  readonly name: string;
  readonly role: OperatorRole;
  readonly status: OperatorStatus;
}

/** An operator as it is stored. */
export interface OperatorState extends OperatorFields {
  readonly id: string;
  readonly email: string;
  /** False until the first password was set, and after a reset until the next one is. */
  readonly hasPassword: boolean;
  /** Grows with every change of {@link OperatorFields}. */
  readonly version: number;
}

/** What a change may ask for: whether somebody is invited or active follows from the password. */
export interface OperatorChanges {
  readonly name?: string | undefined;
  readonly role?: OperatorRole | undefined;
  readonly status?: 'active' | 'disabled' | undefined;
}

/** The fields that a change touched, as they were and as they are. */
export interface OperatorChange {
  readonly before: Partial<OperatorFields>;
  readonly after: Partial<OperatorFields>;
}

const FIELDS = ['name', 'role', 'status'] as const;

/** A person who may use the system, without password and sessions. */
export class Operator {
  #state: OperatorState;
  readonly #loaded: OperatorState;

  private constructor(state: OperatorState) {
    this.#state = state;
    this.#loaded = state;
  }

  /** A new operator; without a password it is invited to set one. */
  static create(email: string, name: string, role: OperatorRole, hasPassword: boolean): Operator {
    return new Operator({ id: uuidV7(), email, name, role, hasPassword, status: hasPassword ? 'active' : 'invited', version: 1 });
  }

  /** An operator as it was stored. */
  static restore(state: OperatorState): Operator {
    return new Operator(state);
  }

  get state(): OperatorState {
    return this.#state;
  }

  get id(): string {
    return this.#state.id;
  }

  /** What an audit entry shows of it. */
  get facts(): Readonly<Record<string, string>> {
    const { email, name, role, status } = this.#state;
    return { email, name, role, status };
  }

  /** True when this was an administrator who can log in when it was loaded, and is none any more. */
  get leavesAdministration(): boolean {
    return isActiveAdmin(this.#loaded) && !isActiveAdmin(this.#state);
  }

  /** False for whom sessions and keys are of no use any more. */
  get mayComeIn(): boolean {
    return this.#state.status !== 'disabled';
  }

  /**
   * Makes sure that the caller knows the present state.
   *
   * @param accepted - versions; undefined when any will do
   * @throws OperatorPreconditionError
   */
  requireVersion(accepted: AcceptedVersions | undefined): void {
    if (accepted?.has(this.#state.version) === false) throw new OperatorPreconditionError(this.id, this.#state.version);
  }

  /**
   * Changes fields; one that is equal already is not a change.
   *
   * @returns null when nothing differs, and then the version stays
   */
  change(given: OperatorChanges): OperatorChange | null {
    const status = given.status === 'active' && !this.#state.hasPassword && this.#state.status !== 'active' ? 'invited' : given.status;
    return this.become({ ...given, name: given.name === undefined ? undefined : takeName(given.name), status });
  }

  /** Notes that a password was set: whoever was invited is active now. */
  setPassword(): OperatorChange | null {
    this.#state = { ...this.#state, hasPassword: true };
    return this.become({ status: this.#state.status === 'invited' ? 'active' : undefined });
  }

  /** Notes that the password was taken away. Who was active stays so, and cannot log in. */
  takePasswordAway(): void {
    this.#state = { ...this.#state, hasPassword: false };
  }

  private become(given: { readonly [K in keyof OperatorFields]?: OperatorFields[K] | undefined }): OperatorChange | null {
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
  from: { readonly [K in keyof OperatorFields]?: OperatorFields[K] | undefined },
  names: readonly (keyof OperatorFields)[],
): Partial<OperatorFields> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
