import type { Request, Response } from 'express';
import { requestQuery } from '../paths/request-path.js';
import { routePath } from '../paths/route-path.js';

/** Header that carries the next page's cursor, for lists that answer bare arrays. */
export const NEXT_CURSOR_HEADER = 'X-Next-Cursor';

/**
 * Tells where the next page is: `Link: <...>; rel="next"` (RFC 8288) and `X-Next-Cursor`. Writes nothing on the last page.
 *
 * @remarks The link is relative to the server and keeps the request's other parameters; `offset` is dropped, as it would skip twice.
 */
export function setNextPage(request: Request, response: Response, cursor: string | null): void {
  if (cursor === null) return;
  const parameters = new URLSearchParams(requestQuery(request));
  parameters.set('cursor', cursor);
  parameters.delete('offset');
  // In front of other links: some clients look at the first one only.
  const others = [response.getHeader('Link') ?? []].flat().map(String);
  response.setHeader('Link', [`<${routePath(request)}?${parameters.toString()}>; rel="next"`, ...others]);
  response.setHeader(NEXT_CURSOR_HEADER, cursor);
}
