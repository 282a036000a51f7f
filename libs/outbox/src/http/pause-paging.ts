import { CURSOR_RULES, cursorScope } from '#zakops/http';
import type { Cursors } from '#zakops/http';
import type { PauseKey, PauseState } from '../pauses/pause.reader.js';

const LIST = 'pauses';
const KEY_RULES = { s: CURSOR_RULES.instant, i: CURSOR_RULES.uuid };

/** The pause after which a page begins; undefined for the first page. @throws InputError for a cursor of another list or state */
export function pausePageStart(cursors: Cursors, state: PauseState, cursor: string | undefined): PauseKey | undefined {
  const after = cursors.read(cursorScope(LIST, { state }), cursor, KEY_RULES);
  return after && { startedAt: after.s, id: after.i };
}

/** The cursor that goes on after a pause. */
export function nextPauseCursor(cursors: Cursors, state: PauseState, key: PauseKey | null): string | null {
  return cursors.write(cursorScope(LIST, { state }), key && { s: key.startedAt, i: key.id });
}
