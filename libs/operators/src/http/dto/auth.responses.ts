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

/** Who an operator is. */
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

/** A session that goes on, or begins. Its cookies are set beside this. */
export class SessionGrantResponse {
  @StringField({ example: 'Login successful' })
  message!: string;

  @StringField({ description: 'To be sent as `X-CSRF-Token` with every request of the session that changes something.' })
  csrf_token!: string;

  @DateTimeField({ description: 'When the session ends however much it is used.' })
  expires_at!: string;
}

/** A password change: what it ended, and what goes on. */
export class PasswordChangedResponse extends SessionGrantResponse {
  @IntegerField({ min: 0, description: 'Other sessions that ended.' })
  ended_sessions!: number;

  @IntegerField({ min: 0 })
  ended_api_keys!: number;

  @IntegerField({ min: 0, description: 'Own API keys that go on. `end_api_keys` would have ended them.' })
  api_keys_left!: number;
}

/** A login. */
export class LoginResponse extends SessionGrantResponse {
  @ObjectField(() => OperatorIdentityResponse)
  operator!: OperatorIdentityResponse;
}

/** What was done. */
export class MessageResponse {
  @StringField({ example: 'Logged out successfully' })
  message!: string;
}

/** A password that was set. */
export class SetupResponse extends MessageResponse {
  @ObjectField(() => OperatorIdentityResponse)
  operator!: OperatorIdentityResponse;
}

/** Who calls, and by what. */
export class MeResponse extends OperatorIdentityResponse {
  @EnumField(['session', 'api_key', 'development'], 'AuthenticationMethod', {
    description: '`development`: nobody has to log in here, and everybody is the same operator.',
  })
  authenticated_by!: string;

  @ArrayField(enumRule(SCOPES, 'Scope'), { description: 'All that this caller may do now.' })
  scopes!: string[];

  @UuidField({ nullable: true, description: 'Set for a session.' })
  session_id!: string | null;

  @DateTimeField({ nullable: true, description: 'When the password was given for this session.' })
  authenticated_at!: string | null;

  @UuidField({ nullable: true, description: 'Set for an API key.' })
  api_key_id!: string | null;

  @StringField({ nullable: true, description: 'Set for a session, so that a page that was loaded anew has it again.' })
  csrf_token!: string | null;
}

/** Whether somebody is logged in. */
export class LoginCheckResponse {
  @BooleanField()
  authenticated!: boolean;

  @ObjectField(() => OperatorIdentityResponse, { nullable: true })
  operator!: OperatorIdentityResponse | null;
}

/** The members of {@link OperatorIdentityResponse}. */
type IdentityFields = Pick<OperatorIdentityResponse, keyof OperatorIdentityResponse>;

/** The identity of whoever has these fields, and nothing else of it. */
export function toIdentityResponse({ id, email, name, role }: IdentityFields): IdentityFields {
  return { id, email, name, role };
}

/** Who calls, as the answer tells it. */
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
