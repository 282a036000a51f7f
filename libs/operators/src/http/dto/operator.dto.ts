import { DateTimeField, EnumField, BooleanField, StringField, UuidField } from '#zakops/http';
import { OPERATOR_NAME_LENGTH } from '../../domain/operator-name.js';
import { OPERATOR_ROLES, OPERATOR_STATUSES, ROLE_WORDS, roleOf } from '../../domain/operator-role.js';
import type { OperatorChanges, OperatorState } from '../../domain/operator.js';
import { ROLE_WORD } from './operators.params.js';
import type { RoleWord } from './operators.params.js';
import type { SetupInvitation } from '../../commands/invite-operator/invite-operator.command.js';

/** The body of `POST /api/admin/operators`. */
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

  @EnumField(ROLE_WORDS, 'OperatorRoleWord', ROLE_WORD)
  role!: RoleWord;
}

/** The body of `PATCH /api/admin/operators/{id}`. */
export class UpdateOperatorRequest {
  @StringField({ notBlank: true, max: OPERATOR_NAME_LENGTH, optional: true })
  name?: string;

  @EnumField(ROLE_WORDS, 'OperatorRoleWord', { ...ROLE_WORD, optional: true })
  role?: RoleWord;

  @EnumField(['active', 'disabled'], 'OperatorAccess', {
    optional: true,
    description: 'Disabling ends all sessions, API keys and setup tokens for good.',
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

  @BooleanField({ description: 'False before the first password, and after a reset until the next password.' })
  has_password!: boolean;

  @BooleanField({ description: 'While true the operator can only change the password.' })
  must_change_password!: boolean;

  @DateTimeField({ nullable: true, description: 'Set while failed logins lock the account.' })
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
  @StringField({ description: 'Single-use, and shown only here. Hand it over in person: no mail is sent. See `POST /api/auth/setup`.' })
  setup_token!: string;

  @DateTimeField({ description: 'When the token expires, 72 hours from now.' })
  setup_token_expires_at!: string;
}

/** An operator who was just invited. */
export class InvitedOperatorResponse extends OperatorResponse {
  @StringField({ description: 'Single-use, and shown only here. Hand it over in person: no mail is sent. See `POST /api/auth/setup`.' })
  setup_token!: string;

  @DateTimeField({ description: 'When the token expires, 72 hours from now.' })
  setup_token_expires_at!: string;
}

/** The members of {@link OperatorResponse}. */
export type OperatorMembers = Pick<OperatorResponse, keyof OperatorResponse>;

/** Maps an operator to its answer. */
export function toOperatorResponse(operator: OperatorState): OperatorMembers {
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

/** Maps a setup token to its answer. */
export function toSetupTokenResponse({ setupToken, expiresAt }: SetupInvitation): Pick<SetupTokenResponse, keyof SetupTokenResponse> {
  return { setup_token: setupToken, setup_token_expires_at: expiresAt.toISOString() };
}

/** Maps a body to the changes. */
export function toOperatorChanges({ name, role, status }: UpdateOperatorRequest): OperatorChanges {
  return { name, role: role === undefined ? undefined : roleOf(role), status };
}
