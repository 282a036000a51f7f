import type { Session } from '#zakops/auth';
import { BooleanField, DateTimeField, IntegerField, StringField, UuidField } from '#zakops/http';
import type { EndedSessions } from '../../commands/end-sessions/end-sessions.command.js';

/** One login of an operator. */
export class SessionResponse {
  @UuidField()
  id!: string;

  @BooleanField({ description: 'True for the session that asks.' })
  current!: boolean;

  @DateTimeField()
  created_at!: string;

  @DateTimeField({ description: 'When the password was given for it.' })
  authenticated_at!: string;

  @DateTimeField({ description: 'To the minute.' })
  last_seen_at!: string;

  @DateTimeField({ description: 'When it ends without a request.' })
  idle_expires_at!: string;

  @DateTimeField({ description: 'When it ends however much it is used.' })
  expires_at!: string;

  @StringField({ nullable: true, description: 'From where it was opened.', example: '203.0.113.7' })
  address!: string | null;

  @StringField({ nullable: true })
  user_agent!: string | null;
}

/** How many sessions were ended, and what goes on. */
export class EndedSessionsResponse {
  @IntegerField({ min: 0 })
  ended!: number;

  @IntegerField({ min: 0, description: 'API keys of the operator that go on: they outlive sessions. Each ends by itself, or is revoked.' })
  api_keys_left!: number;
}

/** From the command to the wire. */
export function toEndedSessionsResponse({ ended, apiKeysLeft }: EndedSessions): EndedSessionsResponse {
  return { ended, api_keys_left: apiKeysLeft };
}

/** @param currentId - the session that asks */
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
