import { CURSOR_RULES, cursorScope, InputError } from '#zakops/http';
import type { Cursors } from '#zakops/http';
import type { ReplayPreview } from '../replay/replay.js';

const RULES = { a: CURSOR_RULES.wholeNumber, u: CURSOR_RULES.wholeNumber, t: CURSOR_RULES.wholeNumber };
const VALID_FOR_MS = 15 * 60_000;
/** Stands for a replay without an end. */
const NO_END = '-1';

/** The range of a dry run. */
export type ReplayedRange = Pick<ReplayPreview, 'afterPosition' | 'untilPosition'>;

/** Signs the range that a dry run has counted. */
export function writeReplayToken(cursors: Cursors, { consumer, afterPosition, untilPosition }: ReplayPreview): string {
  const until = untilPosition === null ? NO_END : String(untilPosition);
  return cursors.write(scopeOf(consumer), { a: String(afterPosition), u: until, t: String(Date.now()) });
}

/** Reads the range back. @throws InputError (400) for a token of another consumer, a forged one, or one that is too old */
export function readReplayToken(cursors: Cursors, consumer: string, token: string): ReplayedRange {
  const range = readSigned(cursors, consumer, token);
  if (range === undefined) {
    throw new InputError([
      { pointer: 'token', detail: 'is no token of a dry run of the last 15 minutes for this consumer', code: 'INVALID_TOKEN' },
    ]);
  }
  return range;
}

function readSigned(cursors: Cursors, consumer: string, token: string): ReplayedRange | undefined {
  try {
    const key = cursors.read(scopeOf(consumer), token, RULES);
    if (key === undefined || Date.now() - Number(key.t) > VALID_FOR_MS) return undefined;
    return { afterPosition: Number(key.a), untilPosition: key.u === NO_END ? null : Number(key.u) };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function scopeOf(consumer: string): string {
  return cursorScope('replay', { consumer });
}
