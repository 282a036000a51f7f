import { setTimeout as sleep } from 'node:timers/promises';
import type { LaneDatabase } from './lane-database.js';
import { PROCESSES } from './plan.js';
import type { Harm, Plan, ProcessName } from './plan.js';
import type { Victim } from './victim.js';

/** What the nemesis may harm. */
export interface Prey {
  readonly database: LaneDatabase;
  /** Name of the seed's own database on that server. */
  readonly name: string;
  readonly processes: Readonly<Record<ProcessName, Victim>>;
}

const END_SESSIONS = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`;

/** Does all the harm of a plan at its times, waits until the last of it is over, and heals what is left. */
export async function torment(plan: Plan, phaseMs: number, prey: Prey): Promise<void> {
  const beganAtMs = performance.now();
  const underWay: Promise<void>[] = [];
  for (const { atMs, harm } of plan.faults) {
    await sleep(Math.max(0, beganAtMs + atMs - performance.now()));
    underWay.push(inflict(harm, prey));
  }
  await sleep(Math.max(0, beganAtMs + phaseMs - performance.now()));
  for (const name of PROCESSES) prey.processes[name].heal();
  await Promise.all(underWay);
  // A harm that ended just now has healed only what it did itself.
  for (const name of PROCESSES) prey.processes[name].heal();
}

async function inflict(harm: Harm, { database, name, processes }: Prey): Promise<void> {
  switch (harm.kind) {
    case 'kill':
      return processes[harm.target].endAndRestart('SIGKILL', harm.forMs);
    case 'stop':
      return processes[harm.target].endAndRestart('SIGTERM', harm.forMs);
    case 'freeze':
      return processes[harm.target].freeze(harm.forMs);
    case 'cut':
      return processes[harm.target].cut(harm.forMs);
    case 'delay':
      return processes[harm.target].delay(harm.forMs);
    case 'swallow':
      processes[harm.target].swallow();
      return;
    case 'end-sessions':
      // Nothing to end while the server is down.
      await database.query('postgres', END_SESSIONS, [name]).catch(() => undefined);
      return;
    case 'kill-database':
      return database.killAndRestart(harm.forMs);
  }
}
