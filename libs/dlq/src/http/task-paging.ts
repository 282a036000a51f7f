import { CURSOR_RULES, cursorScope } from '#zakops/http';
import type { Cursors } from '#zakops/http';
import type { TaskKey, TaskState } from '../tasks/dlq-task.js';

const LIST = 'dead-letter-tasks';
const RULES = { c: CURSOR_RULES.instant, i: CURSOR_RULES.uuid };

/** After which task a page begins; undefined at the beginning. */
export function taskStart(cursors: Cursors, state: TaskState | undefined, cursor: string | undefined): TaskKey | undefined {
  const after = cursors.read(cursorScope(LIST, { state }), cursor, RULES);
  return after && { createdAt: after.c, id: after.i };
}

/** The cursor that goes on after a task. */
export function taskCursor(cursors: Cursors, state: TaskState | undefined, key: TaskKey | null): string | null {
  return cursors.write(cursorScope(LIST, { state }), key && { c: key.createdAt, i: key.id });
}
