import { toNfc } from '#zakops/kernel';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/** The filter, as it is given on the command line. */
export interface FilterOptions {
  readonly type?: string;
  readonly consumer?: string;
  readonly aggregate?: string;
  readonly aggregateType?: string;
  readonly correlation?: string;
  readonly reasonCode?: string;
  readonly fingerprint?: string;
  readonly error?: string;
  /** Seconds. */
  readonly olderThan?: number;
  /** Seconds. */
  readonly newerThan?: number;
}

/** The options of `dlq list`. */
export interface ListOptions extends FilterOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly summary?: true;
  readonly json?: true;
}

/** The options of `dlq stats`. */
export interface StatsOptions extends FilterOptions {
  readonly json?: true;
}

/** The options of `dlq retry` and `dlq purge`. */
export interface ChangeOptions extends FilterOptions {
  readonly id?: readonly string[];
  readonly all?: true;
  readonly reason?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

const FILTER_NAMES = [
  'type',
  'consumer',
  'aggregate',
  'aggregateType',
  'correlation',
  'reasonCode',
  'fingerprint',
  'error',
  'olderThan',
  'newerThan',
] as const satisfies readonly (keyof FilterOptions)[];

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Adds the options of the filter to a command. */
export function addFilterOptions<C extends Command>(command: C): C {
  return command
    .option('--type <event type>', 'such as deal.stage_changed')
    .option('--consumer <name>', 'such as deal-activity')
    .option('--aggregate <id>', 'such as DEAL-000001')
    .option('--aggregate-type <type>', 'such as deal')
    .option('--correlation <id>', 'the correlation id of the event')
    .option('--reason-code <code>', 'such as timeout')
    .option('--fingerprint <fingerprint>', 'the failure group, as dlq groups shows it', readFingerprint)
    .option('--error <text>', 'part of the error; case and the form of letters do not count', toNfc)
    .option('--older-than <age>', 'failed longer ago: 90s, 15m, 12h or 30d', readAge)
    .option('--newer-than <age>', 'failed since then', readAge);
}

/** True without any option of the filter. */
export function choosesNothing(options: FilterOptions): boolean {
  return FILTER_NAMES.every((name) => options[name] === undefined);
}

/** Collects the ids of an option that may be repeated. */
export function readIds(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, readId(text)];
}

/** The id of a dead letter. */
export function readId(text: string): string {
  if (!UUID.test(text)) throw new InvalidArgumentError('It must be the id of a dead letter, as dlq list shows it.');
  return text.toLowerCase();
}

function readFingerprint(text: string): string {
  if (!/^fp\d:[0-9a-f]{16}$/.test(text)) throw new InvalidArgumentError('It must be a fingerprint, as dlq groups shows it.');
  return text;
}

/** How many dead letters to show. */
export function readLimit(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 1_000)
    throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  return Number(text);
}

/** How many groups to show. */
export function readGroupLimit(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1 || Number(text) > 200)
    throw new InvalidArgumentError('It must be a whole number from 1 to 200.');
  return Number(text);
}

function readAge(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) throw new InvalidArgumentError('It must be a number with a unit: 90s, 15m, 12h or 30d.');
  return Number(count) * SECONDS[unit as keyof typeof SECONDS];
}
