import { InvalidArgumentError } from 'commander';

// Not imported, so that help is shown without loading the system; the API has the same limits.
const REPLAY_RATE = { min: 1, max: 100_000 } as const;

/** What `replay start` may be told. */
export interface ReplayOptions {
  readonly from?: number;
  readonly to?: number;
  readonly since?: string;
  readonly before?: string;
  readonly rate?: number;
  readonly reason?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** A position of the log. */
export function readPosition(text: string): number {
  return readWhole(text, 1, Number.MAX_SAFE_INTEGER);
}

/** Events a second. */
export function readRate(text: string): number {
  return readWhole(text, REPLAY_RATE.min, REPLAY_RATE.max);
}

function readWhole(text: string, min: number, max: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`a whole number from ${String(min)} to ${String(max)} is needed`);
}
