import { ROLES, SCOPES } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import {
  ArrayField,
  BooleanField,
  DateTimeField,
  EnumField,
  enumRule,
  IntegerField,
  ObjectField,
  StringField,
  UuidField,
} from '#zakops/http';

/** The identity of an operator. */
export class OperatorIdentityResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'ann@example.com' })
  email!: string;

  @StringField({ example: 'Ann Example' })
  name!: string;

  @EnumField(ROLES, 'OperatorRole')
  role!: string;
}

/** A new session, whose cookies are set with this answer. */
export class SessionGrantResponse {
  @StringField({ example: 'Login successful' })
  message!: string;

  @StringField({ description: 'Send it as `X-CSRF-Token` with every request of the session that changes something.' })
  csrf_token!: string;

  @DateTimeField({ description: 'When the session ends, also while it is used.' })
  expires_at!: string;
}

/** A changed password, and the new session. */
export class PasswordChangedResponse extends SessionGrantResponse {
  @IntegerField({ min: 0, description: 'The number of other sessions that ended.' })
  ended_sessions!: number;

  @IntegerField({ min: 0 })
  ended_api_keys!: number;

  @IntegerField({ min: 0, description: 'The number of own API keys that stay valid; `end_api_keys` revokes them.' })
  api_keys_left!: number;
}

/** A login. */
export class LoginResponse extends SessionGrantResponse {
  @ObjectField(() => OperatorIdentityResponse)
  operator!: OperatorIdentityResponse;
}

/** A message about what was done. */
export class MessageResponse {
  @StringField({ example: 'Logged out successfully' })
  message!: string;
}

/** A password that was set. */
export class SetupResponse extends MessageResponse {
  @ObjectField(() => OperatorIdentityResponse)
  operator!: OperatorIdentityResponse;
}

/** The caller, and how the caller authenticated. */
export class MeResponse extends OperatorIdentityResponse {
  @EnumField(['session', 'api_key', 'development'], 'AuthenticationMethod', {
    description: '`development`: no login is required here, and every caller is the same operator.',
  })
  authenticated_by!: string;

  @ArrayField(enumRule(SCOPES, 'Scope'), { description: 'What the caller may do now.' })
  scopes!: string[];

  @UuidField({ nullable: true, description: 'Set for a session.' })
  session_id!: string | null;

  @DateTimeField({ nullable: true, description: 'When the password of this session was given.' })
  authenticated_at!: string | null;

  @UuidField({ nullable: true, description: 'Set for an API key.' })
  api_key_id!: string | null;

  @StringField({ nullable: true, description: 'Set for a session, for pages that were reloaded.' })
  csrf_token!: string | null;
}

/** Whether the caller is logged in. */
export class LoginCheckResponse {
  @BooleanField()
  authenticated!: boolean;

  @ObjectField(() => OperatorIdentityResponse, { nullable: true })
  operator!: OperatorIdentityResponse | null;
}

/** The members of {@link OperatorIdentityResponse}. */
type IdentityFields = Pick<OperatorIdentityResponse, keyof OperatorIdentityResponse>;

/** Picks the identity of an operator. */
export function toIdentityResponse({ id, email, name, role }: IdentityFields): IdentityFields {
  return { id, email, name, role };
}

/** Maps the caller to the answer. */
export function toMeResponse(principal: Principal): MeResponse {
  const { kind, scopes, sessionId, authenticatedAt, apiKeyId, csrfToken } = principal;
  return {
    ...toIdentityResponse(principal),
    authenticated_by: kind === 'operator' ? 'session' : kind,
    scopes: SCOPES.filter((scope) => scopes.has(scope)),
    session_id: sessionId ?? null,
    authenticated_at: authenticatedAt?.toISOString() ?? null,
    api_key_id: apiKeyId ?? null,
    csrf_token: csrfToken ?? null,
  };
}
