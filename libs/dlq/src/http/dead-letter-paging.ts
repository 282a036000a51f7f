import { CURSOR_RULES, cursorScope, InputError } from '#zakops/http';
import type { Cursors } from '#zakops/http';
import type { DeadLetterFilter } from '#zakops/outbox';
import type { DeadLetterKey, DeadLetterPageStart } from '../dead-letter.view.js';

const LIST = 'dead-letters';
const KEY_RULES = { f: CURSOR_RULES.instant, i: CURSOR_RULES.uuid };

/** Where a page begins, by `cursor` or by `offset`; both together are an error, because one would be ignored. */
export function pageStart(cursors: Cursors, filter: DeadLetterFilter, cursor: string | undefined, offset: number): DeadLetterPageStart {
  if (cursor !== undefined && offset > 0) {
    throw new InputError([{ pointer: 'offset', detail: 'must not be given together with cursor', code: 'NOT_ALLOWED' }]);
  }
  const after = cursors.read(cursorScope(LIST, { ...filter }), cursor, KEY_RULES);
  return after === undefined ? { offset } : { after: { failedAt: after.f, id: after.i } };
}

/** The cursor that goes on after a dead letter. */
export function nextCursor(cursors: Cursors, filter: DeadLetterFilter, key: DeadLetterKey | null): string | null {
  return cursors.write(cursorScope(LIST, { ...filter }), key && { f: key.failedAt, i: key.id });
}
