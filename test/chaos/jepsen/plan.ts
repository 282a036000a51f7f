import { CRASH_POINTS } from '#zakops/outbox';
import type { CrashPoint } from '#zakops/outbox';
import { Random } from './random.js';

/** The processes of one run. */
export const APIS = ['api-1', 'api-2'] as const;
export const WORKERS = ['worker-1', 'worker-2'] as const;
export const PROCESSES = [...APIS, ...WORKERS] as const;
export type ProcessName = (typeof PROCESSES)[number];

/** What is done to the system, and to which part of it. */
export type Harm =
  /** kill -9, and started again. */
  | { readonly kind: 'kill'; readonly target: ProcessName; readonly forMs: number }
  /** SIGTERM, and started again. */
  | { readonly kind: 'stop'; readonly target: ProcessName; readonly forMs: number }
  /** SIGSTOP, then SIGCONT. */
  | { readonly kind: 'freeze'; readonly target: ProcessName; readonly forMs: number }
  /** Its connections to the database break, and new ones break for a while. */
  | { readonly kind: 'cut'; readonly target: ProcessName; readonly forMs: number }
  /** What is under way on its connections to the database stays there for a while, and arrives then. */
  | { readonly kind: 'delay'; readonly target: ProcessName; readonly forMs: number }
  /** Its connections to the database swallow everything from now on; new ones work. */
  | { readonly kind: 'swallow'; readonly target: ProcessName }
  /** The server ends every session, as an administrator would. */
  | { readonly kind: 'end-sessions' }
  /** kill -9 of PostgreSQL, and started again. */
  | { readonly kind: 'kill-database'; readonly forMs: number };

/** A harm and its time. */
export interface Fault {
  /** Milliseconds from the beginning of the phase of faults. */
  readonly atMs: number;
  readonly harm: Harm;
}

/** All that a seed decides. */
export interface Plan {
  readonly seed: number;
  /** Where processes kill themselves; undefined for a seed without crash points. */
  readonly crashPoint: CrashPoint | undefined;
  /** Whether some events can never be handled. */
  readonly hasPoison: boolean;
  /** In the order of their times. */
  readonly faults: readonly Fault[];
}

const LONGEST_GAP_MS = 2_200;
const SHORTEST_GAP_MS = 300;

/** Makes the plan of a seed: seeds in a row take turns in the crash points, and one of seven has none. */
export function planOf(seed: number, phaseMs: number): Plan {
  const random = Random.of(seed, 'plan');
  // Poison counts attempts, and so may a crash: the two together would not tell who is to blame.
  const hasPoison = seed % 8 === 5;
  const crashPoint = hasPoison ? undefined : CRASH_POINTS[seed % (CRASH_POINTS.length + 1)];
  const faults: Fault[] = [];
  let databaseKills = 0;
  for (let atMs = random.between(500, 1_500); atMs < phaseMs; atMs += random.between(SHORTEST_GAP_MS, LONGEST_GAP_MS)) {
    const harm = drawHarm(random);
    // A recovery every few seconds would leave nothing to be harmed.
    if (harm.kind === 'kill-database' && (databaseKills += 1) > 1) continue;
    faults.push({ atMs, harm });
  }
  // A worker reaches this point only when it is asked to stop.
  if (crashPoint === 'at-shutdown') faults.push(...WORKERS.map((target) => stopOf(target, random, phaseMs)));
  return { seed, crashPoint, hasPoison, faults: faults.sort((a, b) => a.atMs - b.atMs) };
}

function stopOf(target: ProcessName, random: Random, phaseMs: number): Fault {
  return { atMs: random.between(Math.floor(phaseMs / 4), Math.floor(phaseMs / 2)), harm: { kind: 'stop', target, forMs: 500 } };
}

function drawHarm(random: Random): Harm {
  const target = random.pick(PROCESSES);
  const kind = random.pick([
    ...(['kill', 'kill', 'kill', 'stop', 'freeze', 'freeze', 'freeze'] as const),
    ...(['cut', 'cut', 'delay', 'swallow', 'swallow', 'end-sessions', 'kill-database'] as const),
  ]);
  switch (kind) {
    case 'kill':
    case 'stop':
      return { kind, target, forMs: random.between(100, 1_500) };
    case 'freeze':
      // Sometimes for longer than any lease of the processes lasts.
      return { kind, target, forMs: random.chance(0.2) ? random.between(5_000, 8_000) : random.between(200, 3_000) };
    case 'cut':
    case 'delay':
      return { kind, target, forMs: random.between(100, 2_000) };
    case 'swallow':
      return { kind, target };
    case 'end-sessions':
      return { kind };
    case 'kill-database':
      return { kind, forMs: random.between(100, 1_000) };
  }
}

/** The value of `OUTBOX_CRASH_POINT` for the next start of a process; undefined for a start without. */
export class CrashArming {
  readonly #random: Random;
  #left: number;

  /** @param limit - how many starts are armed */
  constructor(
    private readonly point: CrashPoint | undefined,
    seed: number,
    process: ProcessName,
    limit: number,
  ) {
    this.#random = Random.of(seed, `crash ${process}`);
    const isReached = point === 'before-hint' || (WORKERS as readonly string[]).includes(process);
    this.#left = point !== undefined && isReached ? limit : 0;
  }

  /** From now on no start is armed. */
  disarm(): void {
    this.#left = 0;
  }

  next(): string | undefined {
    if (this.point === undefined || this.#left === 0) return undefined;
    this.#left -= 1;
    return `${this.point}:${String(this.point === 'at-shutdown' ? 1 : this.#random.between(1, 8))}`;
  }
}
