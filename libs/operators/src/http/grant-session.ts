import type { OpenedSession, SessionCookies } from '#zakops/auth';
import type { Response } from 'express';
import type { SessionGrantResponse } from './dto/auth.responses.js';

/** Sets the cookies of a session and makes the answer that goes with them. */
export function grantSession(cookies: SessionCookies, response: Response, opened: OpenedSession, message: string): SessionGrantResponse {
  return { message, csrf_token: cookies.write(response, opened), expires_at: opened.session.expiresAt.toISOString() };
}
