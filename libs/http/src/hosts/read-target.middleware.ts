import type { Request, RequestHandler } from 'express';
import { refuseLater } from '../context/request-notes.js';
import { MisdirectedRequestError, UnreadableRequestError } from '../problem/http.errors.js';
import { spellOnce } from '../paths/request-path.js';
import { parseAuthority } from './authority.js';
import type { Authority } from './authority.js';
import type { OwnHosts } from './own-hosts.js';

// No form of a target has one (RFC 9112, 3.2). Where a path ends would otherwise depend on who reads it.
const FRAGMENT = /#/;

// origin-form, or asterisk-form (RFC 9112, 3.2.1 and 3.2.4).
const FOR_HOST = /^(?:\/|\*$)/;

// absolute-form (RFC 9112, 3.2.2), which clients send to proxies, and some to everybody.
const ABSOLUTE = /^https?:\/\/(?<authority>[^/?#]*)(?<path>[^?#]*)(?<query>\?[^#]*)?/i;

// They have one value (RFC 9110, 5.3). Of several Node keeps the first, where a proxy may have judged the last.
const SINGLE: ReadonlySet<string> = new Set(['authorization', 'content-type']);
const LENGTHS: ReadonlySet<number> = new Set([...SINGLE].map(({ length }) => length));

/**
 * Reads for which host a request is and what it asks for, before anything else does; refuses what is not readable or not for this server.
 *
 * @remarks A target in absolute form becomes its path, and its host takes the place of `Host` (RFC 9112, 3.2.2), so that all who read the
 * two later see one form. `originalUrl` has the path in its one spelling. `X-Forwarded-Host` and `Forwarded` are not read: a page under a
 * rebound name can send them.
 * @param hosts - the names that requests may be for; undefined for any
 */
export function readTarget(hosts: OwnHosts | undefined): RequestHandler {
  return (request, _response, next) => {
    const named = hostHeaders(request);
    if (FRAGMENT.test(request.url))
      refuseLater(request, new UnreadableRequestError('The target of a request has no fragment: encode # as %23.'));
    const twice = sentTwice(request);
    if (twice !== undefined) refuseLater(request, new UnreadableRequestError(`The header ${twice} may be sent only once.`));
    const asked = readAuthority(request, named[0]);
    const authority = named.length > 1 ? undefined : asked;
    spellOnce(request);
    // No host at all is HTTP/1.0, which no browser speaks; Node refuses later versions without one.
    const isNamed = named.length > 0 || request.headers.host !== undefined;
    if (isNamed && authority === undefined) refuseLater(request, new UnreadableRequestError('The request must name one host, in Host.'));
    else if (authority !== undefined && hosts?.has(authority, request.socket.localAddress) === false)
      refuseLater(request, new MisdirectedRequestError());
    next();
  };
}

/** Every `Host` of a request; Node keeps the first one only. */
function hostHeaders({ rawHeaders }: Request): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}

/** The first header that came again although it has one value. */
function sentTwice({ rawHeaders }: Request): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const field = LENGTHS.has(name.length) ? name.toLowerCase() : '';
    if (!SINGLE.has(field)) continue;
    if (seen.has(field)) return field;
    seen.add(field);
  }
  return undefined;
}

function readAuthority(request: Request, host = ''): Authority | undefined {
  if (FOR_HOST.test(request.url)) return parseAuthority(host);
  const { authority = '', path = '', query = '' } = ABSOLUTE.exec(request.url)?.groups ?? {};
  request.url = `${path === '' ? '/' : path}${query}`;
  request.headers.host = authority;
  return parseAuthority(authority);
}
