import type pg from 'pg';
import type { Finding } from '../finding.js';
import { one } from './connect.js';

// Beside its pool a process keeps one connection for notices; an API process another one for notices of ended sessions and keys.
const BESIDE_POOL = { api: 2, worker: 1 } as const;
// A migration or a command of an operator, which must come in when everything else is busy.
const FOR_OPERATORS = 5;

interface LimitsRow {
  readonly max: number;
  readonly reserved: number;
  readonly used: number;
  readonly role: string;
  readonly role_limit: number;
  readonly database_limit: number;
}

/** How many processes there are, or will be. */
export interface Replicas {
  readonly apis: number;
  readonly workers: number;
  /** Where the counts come from; part of the sentence. */
  readonly source: string;
}

/** Whether the pools of all processes fit into what the server lets in. */
export async function checkConnections(client: pg.Client, poolSize: number, { apis, workers, source }: Replicas): Promise<Finding> {
  const { max, reserved, used, role, role_limit, database_limit } = await one<LimitsRow>(
    client,
    `SELECT current_setting('max_connections')::int AS max,
            current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
            (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
            rolname AS role, rolconnlimit AS role_limit,
            (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_limit
       FROM pg_roles WHERE rolname = current_user`,
  );
  const limits = { server: max - reserved, [`role ${role}`]: role_limit, database: database_limit };
  const [[where, available] = ['server', max - reserved]] = Object.entries(limits)
    .filter(([, limit]) => limit >= 0)
    .sort(([, a], [, b]) => a - b);
  const perApi = poolSize + BESIDE_POOL.api;
  const needed = apis * perApi + workers * (poolSize + BESIDE_POOL.worker);
  const measured = { pool_size: poolSize, apis, workers, needed, available, max_connections: max, used };
  const sum = `${String(apis)} API and ${String(workers)} worker processes (${source}) open up to ${String(needed)} connections; the ${where} lets ${String(available)} in`;
  const advice = 'Lower DATABASE_POOL_SIZE, raise max_connections, or put a pooler in between.';
  if (needed > available) return { state: 'failure', detail: `${sum}.`, advice, measured };
  // A rolling update starts a new process before it stops an old one.
  if (needed + perApi + FOR_OPERATORS > available) {
    return {
      state: 'warning',
      detail: `${sum}, which leaves too few for one more API process during an update, and for operators.`,
      advice,
      measured,
    };
  }
  return { state: 'ok', detail: `${sum}.`, measured };
}
