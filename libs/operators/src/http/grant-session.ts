import type { OpenedSession, SessionCookies } from '#zakops/auth';
import type { Response } from 'express';
import type { SessionGrantResponse } from './dto/auth.responses.js';

/** The members of {@link SessionGrantResponse}. */
type SessionGrant = Pick<SessionGrantResponse, keyof SessionGrantResponse>;

/** Sets the cookies of a session, and gives the answer to the call. */
export function grantSession(cookies: SessionCookies, response: Response, opened: OpenedSession, message: string): SessionGrant {
  return { message, csrf_token: cookies.write(response, opened), expires_at: opened.session.expiresAt.toISOString() };
}
