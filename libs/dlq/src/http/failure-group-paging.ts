import { CURSOR_RULES, cursorScope, stringRule } from '#zakops/http';
import type { Cursors } from '#zakops/http';
import type { DeadLetterFilter } from '#zakops/outbox';
import type { FailureGroupKey } from '../failure-group.view.js';
import { FINGERPRINT } from './dto/dead-letter-filter.params.js';

const LIST = 'failure-groups';
const KEY_RULES = { c: CURSOR_RULES.wholeNumber, f: stringRule({ pattern: FINGERPRINT }) };

/** After which group a page begins; undefined for the first page. */
export function groupPageStart(cursors: Cursors, filter: DeadLetterFilter, cursor: string | undefined): FailureGroupKey | undefined {
  const after = cursors.read(cursorScope(LIST, { ...filter }), cursor, KEY_RULES);
  return after === undefined ? undefined : { count: Number(after.c), fingerprint: after.f };
}

/** The cursor that goes on after a group. */
export function nextGroupCursor(cursors: Cursors, filter: DeadLetterFilter, key: FailureGroupKey | null): string | null {
  return cursors.write(cursorScope(LIST, { ...filter }), key && { c: String(key.count), f: key.fingerprint });
}
