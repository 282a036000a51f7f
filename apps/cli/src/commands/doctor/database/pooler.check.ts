import type pg from 'pg';
import { randomBytes } from 'node:crypto';
import type { Finding } from '../finding.js';
import { connect, disconnect, one } from './connect.js';

const CHANNEL = 'zakops_doctor';
const NOTICE_WAIT_MS = 2_000;
const UNKNOWN_STATEMENT = '26000';

/** What stands between this process and the server. */
interface PoolerFacts {
  readonly mode: 'none' | 'session' | 'transaction';
  /** A notice that was sent to ourselves came back. */
  readonly notices: boolean;
  /** Statements can be prepared by name. */
  readonly prepared: boolean;
}

/** Which kind of pooler stands before the server, if any, and what that means for this system. */
export async function checkPooler(url: string, wake: string): Promise<Finding> {
  const { mode, notices, prepared } = await look(url);
  const figures = { mode, notices, prepared_statements: prepared };
  if (mode === 'transaction') {
    const names = prepared ? '' : ' Statements are sent whole instead of by name.';
    if (wake === 'listen') {
      const detail = `A pooler in transaction mode: notices never arrive, but OUTBOX_WAKE is listen.${names}`;
      return { state: 'warning', detail, advice: 'Set OUTBOX_WAKE=auto, or let DATABASE_URL pass the pooler by.', figures };
    }
    const detail = `A pooler in transaction mode. It works: processes look for events every OUTBOX_POLL_INTERVAL instead of being woken.${names}`;
    return { state: 'ok', detail, figures };
  }
  const found = mode === 'none' ? 'No pooler' : 'A pooler in session mode';
  if (notices) return { state: 'ok', detail: `${found}; notices arrive, so events are delivered at once.`, figures };
  const detail = `${found}, but a notice that was sent to ourselves did not come back within ${String(NOTICE_WAIT_MS / 1_000)} s.`;
  const advice = 'Events come about OUTBOX_POLL_INTERVAL late. Look for what stands between this machine and the server.';
  return { state: 'warning', detail, advice, figures };
}

async function look(url: string): Promise<PoolerFacts> {
  const ours = await connect(url);
  let other: pg.Client | undefined;
  try {
    other = await connect(url);
    const notices = await sendsNotices(ours, other);
    const { isShared, prepared } = await share(ours, other);
    // A pooler keeps the server's process ids to itself and hands out its own.
    const { pid } = await one<{ pid: number }>(ours, 'SELECT pg_backend_pid() AS pid');
    const { processID } = ours as unknown as { readonly processID: number | null };
    return { mode: isShared ? 'transaction' : processID === pid ? 'none' : 'session', notices, prepared };
  } finally {
    disconnect(ours);
    if (other !== undefined) disconnect(other);
  }
}

/**
 * Finds out whether a connection keeps its server process while another one is in a transaction.
 *
 * @remarks By process ids, because whatever else could be left in a session would be left in that of somebody else. A statement prepared
 * under a name that nobody else uses is.
 */
async function share(ours: pg.Client, other: pg.Client): Promise<{ isShared: boolean; prepared: boolean }> {
  const statement = { name: `zakops_doctor_${randomBytes(8).toString('hex')}`, text: 'SELECT pg_backend_pid() AS pid' };
  const before = (await ours.query<{ pid: number }>(statement)).rows[0]?.pid;
  await other.query('BEGIN');
  try {
    const theirs = (await one<{ pid: number }>(other, 'SELECT pg_backend_pid() AS pid')).pid;
    const after = (await one<{ pid: number }>(ours, 'SELECT pg_backend_pid() AS pid')).pid;
    const isShared = before === theirs || before !== after;
    // With the first server process busy, this one is another's.
    const prepared = await ours.query(statement).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === UNKNOWN_STATEMENT) return false;
        throw error;
      },
    );
    return { isShared, prepared };
  } finally {
    await other.query('ROLLBACK').catch(() => undefined);
  }
}

async function sendsNotices(ours: pg.Client, other: pg.Client): Promise<boolean> {
  const token = randomBytes(8).toString('hex');
  let limit: NodeJS.Timeout | undefined;
  const arrival = new Promise<boolean>((resolve) => {
    limit = setTimeout(resolve, NOTICE_WAIT_MS, false);
    ours.on('notification', ({ payload }) => {
      if (payload === token) resolve(true);
    });
  });
  try {
    await ours.query(`LISTEN ${CHANNEL}`);
    await other.query('SELECT pg_notify($1, $2)', [CHANNEL, token]);
    return await arrival;
  } finally {
    clearTimeout(limit);
    // Behind a pooler this session will be somebody else's.
    await ours.query(`UNLISTEN ${CHANNEL}`).catch(() => undefined);
  }
}
