import { CRASH_POINTS } from '#zakops/outbox';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FAULT_KINDS } from './jepsen/checker.js';
import { LaneDatabase } from './jepsen/lane-database.js';
import { runSeed } from './jepsen/run-seed.js';
import type { SeedResult } from './jepsen/run-seed.js';
import { tableOf } from './jepsen/table.js';

const PHASE_MS = 15_000;
const FIRST = numberFrom('JEPSEN_FIRST', 1);
const COUNT = numberFrom('JEPSEN_SEEDS', 24);
const LANES = numberFrom('JEPSEN_LANES', 3);
// Where the output of the processes of failed seeds is kept; nowhere when it is not set.
const LOGS = process.env['JEPSEN_LOGS'];
const SEED_LIMIT_MS = 240_000;
const SHOWN = 10;

function numberFrom(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1`);
  return value;
}

describe('two API processes and two workers under faults, with writers and followers', () => {
  const results: SeedResult[] = [];

  beforeAll(
    async () => {
      const seeds = Array.from({ length: COUNT }, (_, n) => FIRST + n);
      const failures: unknown[] = [];
      const lane = async (): Promise<void> => {
        const database = await LaneDatabase.start();
        try {
          for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) results.push(await runSeed(seed, PHASE_MS, database));
        } catch (error) {
          failures.push(error);
        } finally {
          await database.stop();
        }
      };
      await Promise.all(Array.from({ length: Math.min(LANES, COUNT) }, lane));
      process.stdout.write(`${tableOf(results)}\n`);
      if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
      await Promise.all(results.filter(({ findings }) => findings.length > 0).map(report));
    },
    Math.ceil(COUNT / LANES) * SEED_LIMIT_MS,
  );

  async function report({ plan, findings, lines }: SeedResult): Promise<void> {
    const shown = findings.slice(0, SHOWN).map(({ kind, detail }) => `  ${kind}: ${detail}`);
    const again = `JEPSEN_FIRST=${String(plan.seed)} JEPSEN_SEEDS=1 npm run test:jepsen`;
    process.stdout.write(`seed ${String(plan.seed)}, again by ${again}: ${String(findings.length)} findings\n${shown.join('\n')}\n`);
    if (LOGS === undefined) return;
    await mkdir(LOGS, { recursive: true });
    const text = [JSON.stringify(plan, undefined, 1), ...findings.map(({ kind, detail }) => `${kind}: ${detail}`)];
    for (const [name, written] of Object.entries(lines)) text.push(`=== ${name}`, ...written);
    await writeFile(join(LOGS, `seed-${String(plan.seed)}.log`), `${text.join('\n')}\n`);
  }

  it('has a result of every seed', () => {
    expect(results.map(({ plan }) => plan.seed).sort((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, n) => FIRST + n));
  });

  it.each(FAULT_KINDS)('finds nothing %s', (kind) => {
    const found = results.flatMap(({ plan, findings }) =>
      findings.filter((finding) => finding.kind === kind).map(({ detail }) => `seed ${String(plan.seed)}: ${detail}`),
    );
    expect(found.slice(0, SHOWN)).toEqual([]);
  });

  it('has written under faults', () => {
    expect(results.filter(({ acknowledged }) => acknowledged === 0)).toEqual([]);
  });

  // Seven seeds in a row have them all; with poison in between it takes a few more.
  const hasAllCrashPoints = COUNT >= 2 * (CRASH_POINTS.length + 1);
  (hasAllCrashPoints ? it : it.skip)('has died at every crash point', () => {
    const reached = new Set(results.filter(({ crashes }) => crashes > 0).map(({ plan }) => plan.crashPoint));
    expect(CRASH_POINTS.filter((point) => !reached.has(point))).toEqual([]);
  });
});
