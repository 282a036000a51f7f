import { waitFor } from '#zakops/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './checker.js';
import type { Finding } from './checker.js';
import { PollFollower, StreamFollower } from './followers.js';
import type { Follower } from './followers.js';
import type { History } from './history.js';
import type { LaneDatabase } from './lane-database.js';
import { torment } from './nemesis.js';
import { APIS, CrashArming, planOf, PROCESSES } from './plan.js';
import type { Plan, ProcessName } from './plan.js';
import { Random } from './random.js';
import { readHistory, readProgress } from './read-history.js';
import { Victim } from './victim.js';
import { Writers } from './writers.js';

const START_LIMIT_MS = 90_000;
const ANSWER_LIMIT_MS = 40_000;
const SETTLE_LIMIT_MS = 60_000;
const CLIENTS = 4;
const STREAMS = 3;
const ARMED_STARTS = 2;

// Limits that are short against the phase of faults, so that what was swallowed is noticed within it.
const ENVIRONMENT = {
  APP_ENV: 'test',
  LOG_LEVEL: 'warn',
  DRAIN_DELAY: '0',
  SHUTDOWN_TIMEOUT: '5',
  DATABASE_POOL_SIZE: '6',
  DATABASE_STATEMENT_TIMEOUT: '3',
  DATABASE_LOCK_TIMEOUT: '2',
  DATABASE_WATCHDOG_SECONDS: '3',
  OUTBOX_HANDLER_TIMEOUT: '5',
  SSE_HEARTBEAT_INTERVAL: '1',
  SSE_REPLAY_MAX_EVENTS: '100000',
};

/** What came of one seed. */
export interface SeedResult {
  readonly plan: Plan;
  readonly acknowledged: number;
  readonly unknown: number;
  /** How often processes killed themselves at the seed's crash point. */
  readonly crashes: number;
  /** Milliseconds from the acknowledgement until a follower has the event; 99 of 100 are faster. */
  readonly lateP99Ms: number;
  /** Milliseconds from the end of the faults until nothing waited. */
  readonly healedMs: number;
  readonly findings: readonly Finding[];
  /** What each process wrote. */
  readonly lines: Readonly<Record<ProcessName, readonly string[]>>;
}

/** Runs one seed on the server of a lane: everything up, faults for a while, everything healed, everything checked, everything down. */
export async function runSeed(seed: number, phaseMs: number, database: LaneDatabase): Promise<SeedResult> {
  const plan = planOf(seed, phaseMs);
  const name = `seed_${String(seed)}`;
  const toEnd: (() => Promise<unknown>)[] = [];
  await database.create(name);
  toEnd.push(() => database.drop(name));
  try {
    return await runPlan(plan, phaseMs, database, name, toEnd);
  } finally {
    // The processes before their database.
    for (const end of toEnd.reverse()) await end();
  }
}

async function runPlan(
  plan: Plan,
  phaseMs: number,
  database: LaneDatabase,
  name: string,
  toEnd: (() => Promise<unknown>)[],
): Promise<SeedResult> {
  const { seed, hasPoison } = plan;
  const env = { ...ENVIRONMENT, ...(hasPoison ? { OUTBOX_MAX_ATTEMPTS: '2' } : {}) };
  const started = await Promise.all(
    PROCESSES.map(async (process) => {
      const arming = new CrashArming(plan.crashPoint, seed, process, ARMED_STARTS);
      const victim = await Victim.start(process, database.runtimeUrl(name), env, arming);
      toEnd.push(() => victim.end());
      return [process, victim] as const;
    }),
  );
  const processes = Object.fromEntries(started) as Record<ProcessName, Victim>;
  const urlOf = (n: 0 | 1): string => processes[APIS[n]].url;
  for (const n of [0, 1] as const) {
    await waitFor('an API to be ready', async () => (await fetch(`${urlOf(n)}/api/health/ready`)).status === 200, START_LIMIT_MS);
  }

  const followers: Follower[] = Array.from({ length: STREAMS }, (_, n) =>
    StreamFollower.open(`stream-${String(n + 1)}`, urlOf, Random.of(seed, `stream ${String(n)}`)),
  );
  followers.push(PollFollower.open('poll', urlOf, Random.of(seed, 'poll')));
  toEnd.push(() => Promise.all(followers.map((follower) => follower.close())));
  await waitFor('followers to know their place', () => followers.every(({ hasPlace }) => hasPlace));

  const writers = new Writers(urlOf, seed, { clients: CLIENTS, hasPoison });
  toEnd.push(() => writers.finish(0));
  await torment(plan, phaseMs, { database, name, processes });
  const healedFromMs = performance.now();
  await writers.finish(ANSWER_LIMIT_MS);
  // What never settles shows in the history.
  await settle(database, name, followers).catch(() => undefined);
  const healedMs = performance.now() - healedFromMs;
  // What comes now was doubled.
  await sleep(300);

  const victims = PROCESSES.map((process) => processes[process]);
  const stored = await readHistory(database, name);
  const history: History = {
    ...stored,
    writes: writers.writes,
    followers: followers.map(({ record }) => record),
    // The worker has only consumers with effects in the database, which `effects` holds: none that is called at least once.
    consumers: [],
    auditProblems: [...stored.auditProblems, ...(await verifyAuditChain(() => urlOf(0)))],
    incidents: [...writers.incidents, ...victims.flatMap(({ incidents }) => incidents)],
  };
  return {
    plan,
    acknowledged: history.writes.filter(({ outcome }) => outcome === 'acknowledged').length,
    unknown: history.writes.filter(({ outcome }) => outcome === 'unknown').length,
    crashes: victims.reduce((sum, { crashes }) => sum + crashes, 0),
    lateP99Ms: lateP99Ms(history),
    healedMs,
    findings: check(history),
    lines: Object.fromEntries(victims.map((victim) => [victim.name, victim.linesSoFar])) as SeedResult['lines'],
  };
}

/** Waits until everything that was committed has been everywhere. */
async function settle(database: LaneDatabase, name: string, followers: readonly Follower[]): Promise<void> {
  const [poison] = await database.query<{ n: number }>(
    name,
    `SELECT count(*)::int AS n FROM zakops.events WHERE data #>> '{changes,0,new_value}' LIKE '%-poison'`,
  );
  await waitFor(
    'everything to have been everywhere',
    async () => {
      const { events, published, position, effects, unchained, waiting } = await readProgress(database, name);
      const isSettled = published === events && waiting === 0 && unchained === 0 && effects >= events - (poison?.n ?? 0);
      if (!isSettled) await sleep(100);
      return isSettled && followers.every((follower) => follower.position >= position);
    },
    SETTLE_LIMIT_MS,
  );
}

/** Asks an API process that may still be starting. */
async function verifyAuditChain(urlOf: () => string): Promise<readonly string[]> {
  const response = await waitFor(
    'the verification of the audit chain',
    async () => {
      const answer = await fetch(`${urlOf()}/api/admin/audit/verify`);
      return answer.status < 500 && answer;
    },
    START_LIMIT_MS,
  );
  const { ok, problems } = (await response.json()) as { ok: boolean; problems: readonly { kind: string; detail: string }[] };
  return ok ? [] : problems.map(({ kind, detail }) => `${kind}: ${detail}`);
}

function lateP99Ms({ writes, events, followers }: History): number {
  const acknowledged = new Map(
    writes.filter(({ outcome }) => outcome === 'acknowledged').map((write) => [write.token, write.acknowledgedAtMs]),
  );
  const atMs = new Map(events.filter(({ token }) => acknowledged.has(token)).map(({ id, token }) => [id, acknowledged.get(token) ?? 0]));
  const late = followers
    .flatMap(({ received }) => received.flatMap((event) => Math.max(0, event.atMs - (atMs.get(event.eventId) ?? event.atMs))))
    .sort((a, b) => a - b);
  return late[Math.floor(late.length * 0.99)] ?? 0;
}
