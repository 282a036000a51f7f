import { connectClient } from '#zakops/postgres';
import type pg from 'pg';
import { readFailingLoops } from './failing-loop.js';
import { BEAT_BEFORE_SET_BACK, secondsFromNow } from './heartbeat-age.js';
import { judgeWorker } from './judge-worker.js';
import type { WorkerHealth, WorkerSigns } from './judge-worker.js';

// An exec probe is usually given five seconds or more.
const CONNECT_LIMIT_MS = 2_000;
const ANSWER_LIMIT_MS = 2_000;

const UNDEFINED_TABLE = '42P01';
const INVALID_SCHEMA = '3F000';

// A restarted container also finds the rows of its killed predecessors: the newest row belongs to the worker that should run. Rows from
// before the clock was set back come last. `failing` is read by way of the whole row, because the version before has no such column.
const NEWEST = `
  SELECT process_id AS "processId", role,
         ${secondsFromNow('beat_at')} AS "beatAgeSeconds",
         ${secondsFromNow('progress_at')} AS "progressAgeSeconds",
         to_jsonb(p) -> 'failing' AS failing
    FROM zakops.processes p
   WHERE kind = 'outbox-worker' AND starts_with(process_id, $1 || '/')
   ORDER BY ${BEAT_BEFORE_SET_BACK}, started_at DESC
   LIMIT 1`;

/** Which worker to judge. */
export interface WorkerHealthCheckOptions {
  /** As the worker has it. */
  readonly databaseUrl: string;
  /** Host part of the worker's name: what it has as HOSTNAME, or the name of the machine. Of several workers there, the newest is meant. */
  readonly host: string;
}

/**
 * Tells whether the worker of this host works, by its row in `zakops.processes`: for probes that start a process for each look.
 *
 * @remarks One short connection, four seconds at most, and nothing of Nest is loaded. While the database is away, or not migrated yet,
 * the answer is healthy with status `unknown`: the worker cannot write its row then, and a restart would not bring the database back.
 * The first look after an outage may come before the worker is back (five seconds at most when its connections were refused), so a
 * probe should restart after three bad answers, not after one.
 */
export class WorkerHealthCheck {
  constructor(private readonly options: WorkerHealthCheckOptions) {}

  /** Never rejects because of the database. */
  async check(): Promise<WorkerHealth> {
    try {
      return judgeWorker(await this.newest(), this.options.host);
    } catch (error) {
      return { healthy: true, status: 'unknown', reason: reasonOf(error), worker: null };
    }
  }

  private async newest(): Promise<WorkerSigns | undefined> {
    const client = await connectClient(this.options.databaseUrl, {
      application_name: 'zakops-worker-health',
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      query_timeout: ANSWER_LIMIT_MS,
    });
    try {
      const [row] = (await client.query<Omit<WorkerSigns, 'failing'> & { failing: unknown }>(NEWEST, [this.options.host])).rows;
      return row === undefined ? undefined : { ...row, failing: readFailingLoops(row.failing) };
    } finally {
      disconnect(client);
    }
  }
}

/** Does not wait: a server that hangs would not answer the goodbye. */
function disconnect(client: pg.Client): void {
  client.end().catch(() => undefined);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === UNDEFINED_TABLE || code === INVALID_SCHEMA) {
    return `The database has no table of processes yet: run the migrations. Not the worker's fault.`;
  }
  const why = error instanceof Error && error.message !== '' ? error.message : String(code ?? error);
  return `database unreachable: not the worker's fault (${why})`;
}
