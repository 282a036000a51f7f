import { CRASH_POINTS } from '#zakops/outbox';
import { FAULT_KINDS } from './checker.js';
import type { SeedResult } from './run-seed.js';

const HEAD = ['acknowledged', 'unknown', 'faults', 'crashes', ...FAULT_KINDS, 'late p99 ms', 'healed ms'] as const;

/** A line for each seed, and one for each crash point with all of its seeds. */
export function tableOf(results: readonly SeedResult[]): string {
  const seeds = results.toSorted((a, b) => a.plan.seed - b.plan.seed).map((result) => [labelOf(result), ...cells([result])]);
  const points = [...CRASH_POINTS, undefined].flatMap((point) => {
    const those = results.filter(({ plan }) => plan.crashPoint === point);
    return those.length === 0 ? [] : [[`all: ${point ?? 'no crash point'}`, ...cells(those)]];
  });
  return format([['seed', ...HEAD], ...seeds, ...points]);
}

function labelOf({ plan }: SeedResult): string {
  return `${String(plan.seed)} ${plan.crashPoint ?? (plan.hasPoison ? 'poison' : '')}`;
}

function cells(results: readonly SeedResult[]): string[] {
  const sum = (figure: (result: SeedResult) => number): string => String(results.reduce((total, result) => total + figure(result), 0));
  const most = (figure: (result: SeedResult) => number): string => String(Math.round(Math.max(...results.map(figure))));
  return [
    sum(({ acknowledged }) => acknowledged),
    sum(({ unknown }) => unknown),
    sum(({ plan }) => plan.faults.length),
    sum(({ crashes }) => crashes),
    ...FAULT_KINDS.map((kind) => sum(({ findings }) => findings.filter((finding) => finding.kind === kind).length)),
    most(({ lateP99Ms }) => lateP99Ms),
    most(({ healedMs }) => healedMs),
  ];
}

function format(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
    .join('\n');
}
