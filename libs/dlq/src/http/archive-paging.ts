import { CURSOR_RULES, cursorScope } from '#zakops/http';
import type { Cursors } from '#zakops/http';
import type { ArchiveFilter, ArchiveKey } from '../archive/archived-dead-letter.js';

const LIST = 'dead-letter-archive';
const RULES = { a: CURSOR_RULES.instant, i: CURSOR_RULES.uuid };

/** After which dead letter a page of the archive begins; undefined at the beginning. */
export function archiveStart(cursors: Cursors, filter: ArchiveFilter, cursor: string | undefined): ArchiveKey | undefined {
  const after = cursors.read(cursorScope(LIST, { ...filter }), cursor, RULES);
  return after && { archivedAt: after.a, id: after.i };
}

/** The cursor that goes on after a dead letter of the archive. */
export function archiveCursor(cursors: Cursors, filter: ArchiveFilter, key: ArchiveKey | null): string | null {
  return cursors.write(cursorScope(LIST, { ...filter }), key && { a: key.archivedAt, i: key.id });
}
