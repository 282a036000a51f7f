import type { Response } from 'express';
import { DEPRECATIONS } from './deprecations.js';
import type { Deprecation, DeprecationName } from './deprecations.js';

/** Leads to the page that lists all of them. */
export const DEPRECATION_LINK = '</docs>; rel="deprecation"; type="text/html"';

/**
 * Answers that a call uses what is deprecated: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`. Of several, the earliest dates count.
 */
export function announceDeprecations(response: Response, used: readonly DeprecationName[]): void {
  const found: readonly Deprecation[] = used.map((name) => DEPRECATIONS[name]);
  const since = earliest(found.map((each) => each.since));
  if (since === undefined) return;
  response.setHeader('Deprecation', `@${String(since.getTime() / 1_000)}`);
  const sunset = earliest(found.flatMap((each) => each.sunset ?? []));
  if (sunset !== undefined) response.setHeader('Sunset', sunset.toUTCString());
  response.append('Link', DEPRECATION_LINK);
}

function earliest(days: readonly string[]): Date | undefined {
  const [first] = [...days].sort();
  return first === undefined ? undefined : new Date(`${first}T00:00:00Z`);
}
