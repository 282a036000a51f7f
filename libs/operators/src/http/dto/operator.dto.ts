import { DateTimeField, EnumField, BooleanField, PageQuery, StringField, UuidField } from '#zakops/http';
import { OPERATOR_NAME_LENGTH } from '../../domain/operator-name.js';
import { OPERATOR_ROLES, OPERATOR_STATUSES, ROLE_WORDS, roleOf } from '../../domain/operator-role.js';
import type { OperatorStatus } from '../../domain/operator-role.js';
import type { OperatorChanges, OperatorState } from '../../domain/operator.js';
import type { SetupInvitation } from '../../commands/invite-operator/invite-operator.command.js';

type RoleWord = (typeof ROLE_WORDS)[number];

const ROLE = { description: '`operator` is another word for `analyst`.' };

/** Which operators to list. */
export class ListOperatorsParams extends PageQuery {
  @EnumField(ROLE_WORDS, 'OperatorRoleWord', { ...ROLE, optional: true })
  role?: RoleWord;

  @EnumField(OPERATOR_STATUSES, 'OperatorStatus', { optional: true })
  status?: OperatorStatus;
}

/** What `POST /api/admin/operators` takes. */
export class InviteOperatorRequest {
  @StringField({
    min: 3,
    max: 254,
    pattern: /^\s*[^\s@]+@[^\s@]+\s*$/,
    patternHint: 'must be an e-mail address',
    example: 'ann@example.com',
  })
  email!: string;

  @StringField({ notBlank: true, max: OPERATOR_NAME_LENGTH, example: 'Ann Example' })
  name!: string;

  @EnumField(ROLE_WORDS, 'OperatorRoleWord', ROLE)
  role!: RoleWord;
}

/** What `PATCH /api/admin/operators/{id}` takes. */
export class UpdateOperatorRequest {
  @StringField({ notBlank: true, max: OPERATOR_NAME_LENGTH, optional: true })
  name?: string;

  @EnumField(ROLE_WORDS, 'OperatorRoleWord', { ...ROLE, optional: true })
  role?: RoleWord;

  @EnumField(['active', 'disabled'], 'OperatorAccess', {
    optional: true,
    description: 'Disabling ends all sessions; keys do nothing until the operator is active again.',
  })
  status?: 'active' | 'disabled';
}

/** An operator as administrators see it. */
export class OperatorResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'ann@example.com' })
  email!: string;

  @StringField({ example: 'Ann Example' })
  name!: string;

  @EnumField(OPERATOR_ROLES, 'OperatorRole')
  role!: string;

  @EnumField(OPERATOR_STATUSES, 'OperatorStatus', { description: '`invited` until the first password is set.' })
  status!: string;

  @BooleanField({ description: 'False before the first password, and after a reset until the next.' })
  has_password!: boolean;

  @BooleanField({ description: 'While true nothing but changing the password is open to them.' })
  must_change_password!: boolean;

  @DateTimeField({ nullable: true, description: 'Set while too many failed logins keep the account closed.' })
  locked_until!: string | null;

  @DateTimeField({ nullable: true })
  last_login_at!: string | null;

  @DateTimeField({ nullable: true })
  password_changed_at!: string | null;

  @DateTimeField()
  created_at!: string;

  @DateTimeField()
  updated_at!: string;
}

/** A token for setting a password. */
export class SetupTokenResponse {
  @StringField({ description: 'Good once, shown this once. Hand it over in person: no mail is sent. See `POST /api/auth/setup`.' })
  setup_token!: string;

  @DateTimeField({ description: 'When the token ends, 72 hours from now.' })
  setup_token_expires_at!: string;
}

/** An operator who was invited just now. */
export class InvitedOperatorResponse extends OperatorResponse {
  @StringField({ description: 'Good once, shown this once. Hand it over in person: no mail is sent. See `POST /api/auth/setup`.' })
  setup_token!: string;

  @DateTimeField({ description: 'When the token ends, 72 hours from now.' })
  setup_token_expires_at!: string;
}

/** The members of {@link OperatorResponse}. */
export type OperatorFields = Pick<OperatorResponse, keyof OperatorResponse>;

/** Maps an operator to its answer. */
export function toOperatorResponse(operator: OperatorState): OperatorFields {
  return {
    id: operator.id,
    email: operator.email,
    name: operator.name,
    role: operator.role,
    status: operator.status,
    has_password: operator.hasPassword,
    must_change_password: operator.mustChangePassword,
    locked_until: operator.lockedUntil?.toISOString() ?? null,
    last_login_at: operator.lastLoginAt?.toISOString() ?? null,
    password_changed_at: operator.passwordChangedAt?.toISOString() ?? null,
    created_at: operator.createdAt.toISOString(),
    updated_at: operator.updatedAt.toISOString(),
  };
}

/** From the result to the wire. */
export function toSetupTokenResponse({ setupToken, expiresAt }: SetupInvitation): Pick<SetupTokenResponse, keyof SetupTokenResponse> {
  return { setup_token: setupToken, setup_token_expires_at: expiresAt.toISOString() };
}

/** From the wire to the changes. */
export function toOperatorChanges({ name, role, status }: UpdateOperatorRequest): OperatorChanges {
  return { name, role: role === undefined ? undefined : roleOf(role), status };
}
