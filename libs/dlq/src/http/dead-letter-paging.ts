import { cursorScope, decodeCursor, encodeCursor, InputError } from '#zakops/http';
import type { DeadTicketFilter } from '#zakops/outbox';
import type { DeadLetterKey, DeadLetterPageStart } from '../queries/list-dead-letters/list-dead-letters.query.js';

const LIST = 'dead-letters';

/** Where a page begins, by `cursor` or by `offset`; asking for both is an error, because one would silently lose. */
export function pageStart(filter: DeadTicketFilter, cursor: string | undefined, offset: number): DeadLetterPageStart {
  if (cursor === undefined) return { offset };
  if (offset > 0) throw new InputError([{ pointer: 'offset', detail: 'must not be given together with cursor', code: 'NOT_ALLOWED' }]);
  const { f: failedAt, i: entryId } = decodeCursor(cursorScope(LIST, { ...filter }), cursor);
  if (failedAt === undefined || entryId === undefined) throw new Error('A cursor with a good checksum lacks its members.');
  return { after: { failedAt, entryId } };
}

/** The cursor that goes on after an entry. */
export function nextCursor(filter: DeadTicketFilter, key: DeadLetterKey | null): string | null {
  return key === null ? null : encodeCursor(cursorScope(LIST, { ...filter }), { f: key.failedAt, i: key.entryId });
}
