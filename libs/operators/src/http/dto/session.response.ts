import type { Session } from '#zakops/auth';
import { BooleanField, DateTimeField, IntegerField, StringField, UuidField } from '#zakops/http';
import type { EndedSessions } from '../../commands/end-sessions/end-sessions.command.js';

/** A session of an operator. */
export class SessionResponse {
  @UuidField()
  id!: string;

  @BooleanField({ description: 'True for the session of this call.' })
  current!: boolean;

  @DateTimeField()
  created_at!: string;

  @DateTimeField({ description: 'When the password of the session was given.' })
  authenticated_at!: string;

  @DateTimeField({ description: 'To the minute.' })
  last_seen_at!: string;

  @DateTimeField({ description: 'When the session ends without another request.' })
  idle_expires_at!: string;

  @DateTimeField({ description: 'When the session ends, also while it is used.' })
  expires_at!: string;

  @StringField({ nullable: true, description: 'The address of the client that opened it.', example: '203.0.113.7' })
  address!: string | null;

  @StringField({ nullable: true })
  user_agent!: string | null;
}

/** How many sessions ended, and how many API keys are left. */
export class EndedSessionsResponse {
  @IntegerField({ min: 0 })
  ended!: number;

  @IntegerField({ min: 0, description: 'The number of API keys of the operator that stay valid: they do not end with sessions.' })
  api_keys_left!: number;
}

/** Maps the result to the answer. */
export function toEndedSessionsResponse({ ended, apiKeysLeft }: EndedSessions): EndedSessionsResponse {
  return { ended, api_keys_left: apiKeysLeft };
}

/** @param currentId - the session of the call */
export function toSessionResponse(session: Session, currentId: string | undefined): SessionResponse {
  return {
    id: session.id,
    current: session.id === currentId,
    created_at: session.createdAt.toISOString(),
    authenticated_at: session.authenticatedAt.toISOString(),
    last_seen_at: session.lastSeenAt.toISOString(),
    idle_expires_at: session.idleExpiresAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    address: session.address,
    user_agent: session.userAgent,
  };
}
