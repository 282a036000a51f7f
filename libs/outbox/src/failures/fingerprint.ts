import { createHash } from 'node:crypto';
import { WORKER_CRASHED } from '../tickets/delivery.errors.js';
import type { Failure } from './failure.js';

const VERSION = 'fp1:';

const DIGITS = 16;

/** What was in hand when a worker ended without a word. */
export const CRASH_TEXT = 'The worker ended while this event was in hand.';

/** What failures of one kind have in common. */
export interface FailureKind {
  readonly consumer: string;
  readonly eventType: string;
  readonly reasonCode: string;
  readonly failure: Pick<Failure, 'errorClass' | 'sqlState' | 'table' | 'constraint' | 'place' | 'message'>;
}

/**
 * The name of a kind of failure: `fp1:` and 16 hexadecimal digits.
 *
 * @remarks It stays the same from one build to the next unless class, table, function or wording change: lines of code are no part of it.
 */
export function fingerprintOf({ consumer, eventType, reasonCode, failure }: FailureKind): string {
  const { errorClass, sqlState, table, constraint, place, message } = failure;
  const parts = [consumer, eventType, reasonCode, errorClass, sqlState, table, constraint, place, message];
  return VERSION + createHash('sha256').update(parts.map(inOneLine).join('\n')).digest('hex').slice(0, DIGITS);
}

/** The same in SQL for an event that was in hand when its worker ended: there is no error to read. */
export function fingerprintOfCrash(consumer: string, eventType: string): string {
  const [before, after] = [`'\n${WORKER_CRASHED}\n'`, `repeat('\n', 5) || '${CRASH_TEXT}'`];
  const text = `${consumer} || '\n' || ${eventType} || ${before} || ${after}`;
  return `'${VERSION}' || left(encode(sha256(convert_to(${text}, 'UTF8')), 'hex'), ${String(DIGITS)})`;
}

function inOneLine(part: string | null): string {
  return part?.replaceAll('\n', ' ') ?? '';
}
