import type pg from 'pg';
import { randomBytes } from 'node:crypto';
import type { Finding } from '../finding.js';
import { connect, disconnect, one } from './connect.js';

const CHANNEL = 'zakops_doctor';
const NOTICE_WAIT_MS = 2_000;
const UNKNOWN_STATEMENT = '26000';

/** What stands between this process and the server. */
interface Pooler {
  readonly mode: 'none' | 'session' | 'transaction';
  /** A notice from our own session arrived. */
  readonly notices: boolean;
  /** Statements can be prepared by name. */
  readonly prepared: boolean;
}

/** Which kind of pooler stands before the server, and what that means for this system. */
export async function checkPooler(url: string, wake: string): Promise<Finding> {
  const { mode, notices, prepared } = await recognisePooler(url);
  const measured = { mode, notices, prepared_statements: prepared };
  if (mode === 'transaction') {
    const names = prepared ? '' : ' Statements are sent whole instead of by name.';
    if (wake === 'listen') {
      const detail = `A pooler in transaction mode: notices never arrive, but OUTBOX_WAKE is listen.${names}`;
      return { state: 'warning', detail, advice: 'Set OUTBOX_WAKE=auto, or let DATABASE_URL pass the pooler by.', measured };
    }
    const detail = `A pooler in transaction mode. It works: processes look for events every OUTBOX_POLL_INTERVAL instead of being woken.${names}`;
    return { state: 'ok', detail, measured };
  }
  const found = mode === 'none' ? 'No pooler' : 'A pooler in session mode';
  if (notices) return { state: 'ok', detail: `${found}; notices arrive, so events are delivered at once.`, measured };
  const detail = `${found}, but a notice that was sent to ourselves did not come back within ${String(NOTICE_WAIT_MS / 1_000)} s.`;
  const advice = 'Events come about OUTBOX_POLL_INTERVAL late. Look for what stands between this machine and the server.';
  return { state: 'warning', detail, advice, measured };
}

async function recognisePooler(url: string): Promise<Pooler> {
  const ours = await connect(url);
  let other: pg.Client | undefined;
  try {
    other = await connect(url);
    const notices = await sendsNotices(ours, other);
    const { isShared, prepared } = await probeSharing(ours, other);
    // A pooler hides the process ids of the server and gives out its own.
    const { pid } = await one<{ pid: number }>(ours, 'SELECT pg_backend_pid() AS pid');
    const { processID } = ours as unknown as { readonly processID: number | null };
    return { mode: isShared ? 'transaction' : processID === pid ? 'none' : 'session', notices, prepared };
  } finally {
    disconnect(ours);
    if (other !== undefined) disconnect(other);
  }
}

/**
 * Finds out whether a transaction of another connection takes the server process away from ours, and whether a prepared statement is
 * there afterwards.
 *
 * @remarks Compares process ids, because any other trace in a session could end up in the session of a stranger. The prepared statement
 * stays there, under a random name that nobody else uses.
 */
async function probeSharing(ours: pg.Client, other: pg.Client): Promise<{ isShared: boolean; prepared: boolean }> {
  const statement = { name: `zakops_doctor_${randomBytes(8).toString('hex')}`, text: 'SELECT pg_backend_pid() AS pid' };
  const before = (await ours.query<{ pid: number }>(statement)).rows[0]?.pid;
  await other.query('BEGIN');
  try {
    const theirs = (await one<{ pid: number }>(other, 'SELECT pg_backend_pid() AS pid')).pid;
    const after = (await one<{ pid: number }>(ours, 'SELECT pg_backend_pid() AS pid')).pid;
    const isShared = before === theirs || before !== after;
    // The other connection keeps the first server process busy, so a shared one is now another.
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
    // Behind a pooler the session goes to another client.
    await ours.query(`UNLISTEN ${CHANNEL}`).catch(() => undefined);
  }
}
