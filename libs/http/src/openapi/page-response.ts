import { ApiOkResponse } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';

const STRING = { type: 'string' } as const;

/** The headers that {@link setNextPage} writes, for `@ApiOkResponse({ headers: PAGE_HEADERS, ... })`. */
export const PAGE_HEADERS = {
  Link: { description: 'The next page, `rel="next"` (RFC 8288); absent on the last page.', required: false, schema: STRING },
  'X-Next-Cursor': { description: 'The `cursor` of the next page; absent on the last page.', required: false, schema: STRING },
};

/** Documents a list: 200 with a bare array of `item`, and the headers of the next page. */
export function PageResponse(item: Type, description: string): MethodDecorator {
  return ApiOkResponse({ type: item, isArray: true, description, headers: PAGE_HEADERS });
}
