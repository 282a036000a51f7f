import { load } from '../http/wrk.js';
import type { Load, Target } from '../http/wrk.js';
import { cpuSeconds } from '../cpu-meter.js';
import type { DatabaseProbe } from '../database-probe.js';
import { startApi } from './product.js';

const CONNECTIONS = 32;

/** What so many API processes carry of one kind of request. */
export interface RequestFigures {
  readonly processes: number;
  readonly kind: 'POST' | 'GET';
  readonly perSecond: number;
  /** The slowest of the processes. */
  readonly p99Ms: number;
  /** CPU milliseconds of the API for one request. */
  readonly apiCpuMs: number;
  /** CPU milliseconds of PostgreSQL for one request. */
  readonly databaseCpuMs: number;
  readonly connections: number;
}

/** How long to load, in seconds. */
export interface RequestRounds {
  readonly warmUp: number;
  readonly measured: number;
}

/** Loads 1, 2 and 4 API processes with the same 32 connections in all, as a balancer would spread them. */
export async function measureRequests(
  env: Readonly<Record<string, string>>,
  apiKey: string,
  probe: DatabaseProbe,
  rounds: RequestRounds,
): Promise<readonly RequestFigures[]> {
  const figures: RequestFigures[] = [];
  for (const processes of [1, 2, 4]) {
    const apis = await Promise.all(Array.from({ length: processes }, () => startApi(env)));
    try {
      const spread = (target: (origin: string) => Target, seconds: number): Promise<readonly Load[]> =>
        Promise.all(apis.map(({ origin }) => load(target(origin), seconds, CONNECTIONS / processes)));
      const targets = { POST: (origin: string) => post(origin, apiKey), GET: (origin: string) => get(origin, apiKey) };
      await spread(targets.POST, rounds.warmUp);
      await spread(targets.GET, Math.ceil(rounds.warmUp / 2));
      for (const kind of ['POST', 'GET'] as const) {
        const pids = apis.map(({ pid }) => pid);
        const before = [await cpuSeconds(pids), await probe.cpuSeconds()] as const;
        const loads = await spread(targets[kind], rounds.measured);
        const after = [await cpuSeconds(pids), await probe.cpuSeconds()] as const;
        const perSecond = loads.reduce((sum, each) => sum + each.perSecond, 0);
        const requests = perSecond * rounds.measured;
        figures.push({
          processes,
          kind,
          perSecond,
          p99Ms: Math.max(...loads.map((each) => each.p99Ms)),
          apiCpuMs: ((after[0] - before[0]) * 1_000) / requests,
          databaseCpuMs: ((after[1] - before[1]) * 1_000) / requests,
          connections: await probe.connections('zakops-api'),
        });
      }
    } finally {
      await Promise.all(apis.map((api) => api.stop()));
    }
  }
  return figures;
}

function post(origin: string, apiKey: string): Target {
  return {
    url: `${origin}/api/deals`,
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: '{"canonical_name":"acme-plumbing","display_name":"Acme Plumbing"}',
    withKeys: true,
  };
}

function get(origin: string, apiKey: string): Target {
  return { url: `${origin}/api/deals/DEAL-000001`, method: 'GET', headers: { Authorization: `Bearer ${apiKey}` }, withKeys: false };
}
