import type { Principal } from '#zakops/auth';
import { routePath } from '#zakops/http';
import type { Request } from 'express';
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** What makes a call the same call again. */
export interface CallFingerprint {
  /** Whose key it is, and for what: another principal, method or path has keys of its own. */
  readonly scope: Buffer;
  /** What was asked for: body and query. */
  readonly input: Buffer;
}

/**
 * Takes the fingerprint of a request with a key.
 *
 * @remarks The route counts with the values of its path, not the text of the path: one call may be written in several ways. For the usual
 * way it is the same text, so that versions up to 0.4 find each other's answers.
 */
export function fingerprintOf(request: Request, principal: Principal, key: string): CallFingerprint {
  const scope = [principal.id, principal.apiKeyId ?? null, request.method, routePath(request), key];
  return {
    scope: sha256(JSON.stringify(scope)),
    input: sha256(canonicalJson([request.body ?? null, request.query])),
  };
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
