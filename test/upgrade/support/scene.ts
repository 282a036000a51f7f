import { SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi } from '#zakops/testing';
import { Browser } from '../../security/support/browser.js';
import { PATIENCE_MS } from './release.js';
import type { Release } from './release.js';
import { query } from './server.js';

/** With login required, as in production; https is not there in a test. */
export const SETTINGS: Readonly<Record<string, string>> = {
  AUTH_REQUIRED: 'true',
  SESSION_SECRET: 'a-session-secret-that-every-version-has',
};

const ADMIN = { email: 'admin@upgrade.example', password: 'five words of an administrator' };
const KEY = { 'idempotency-key': 'sent-before-the-upgrade' };
const REPEATED = { canonical_name: 'made-once' };

const VERSION = /^"(\d+)["-]/;

// A version before cursors has a ticket for each event, and this one for none that was delivered.
const MAKE_DEAD = `
  DELETE FROM zakops.outbox WHERE consumer = 'deal-activity' AND event_type = 'deal.updated' AND status = 'delivered';
  INSERT INTO zakops.outbox (event_id, consumer, ordinal, event_type, stream, status, attempts, reason_code, last_error, first_failed_at,
                             last_attempt_at)
  SELECT e.id, 'deal-activity', l.position, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id), 'dead', 5, 'handler_error',
         'it broke', now() - interval '1 hour', now()
    FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id WHERE e.type = 'deal.updated'`;

/** What a path answered. */
export interface Answered {
  /** Of its ETag; what stands behind it covers the body, which a release may add fields to. */
  readonly version: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What was done through the REST API of a version, and what clients kept of it. */
export interface Scene {
  readonly admin: Browser;
  readonly apiKey: string;
  readonly dealIds: readonly string[];
  /** What a stream would resume from, and the position that it had come to. */
  readonly resume: { readonly id: string; readonly position: number };
  /** The answer to {@link repeatCall} as it came first. */
  readonly firstAnswer: string;
  /** The head of the audit chain, as an anchor would keep it. */
  readonly anchor: string;
}

/** Makes the administrator, as somebody at a terminal does, and logs in. */
export async function logInAdmin(release: Release, databaseUrl: string, apiUrl: string): Promise<Browser> {
  const args = ['operators', 'create', '--email', ADMIN.email, '--name', 'Ada', '--role', 'admin', '--password-stdin'];
  const made = await release.cli(databaseUrl, args, ADMIN.password, SETTINGS);
  if (made.code !== 0) throw new Error(`The administrator could not be made: ${made.error}`);
  const browser = new Browser(apiUrl);
  const { status } = await browser.logIn(ADMIN.email, ADMIN.password);
  if (status !== 200) throw new Error(`The login was answered with ${String(status)}.`);
  return browser;
}

/** Sends the one call that carries an `Idempotency-Key`. */
export async function repeatCall(browser: Browser): Promise<{ status: number; text: string; replayed: string | null }> {
  const { status, text, headers } = await browser.post('/api/deals', REPEATED, KEY);
  return { status, text, replayed: headers.get('idempotency-replayed') };
}

/** Fills a database through the REST API: deals with every kind of change, operators, a session, a key, audit entries, dead letters. */
export async function fill(release: Release, databaseUrl: string, api: SpawnedApi): Promise<Scene> {
  const admin = await logInAdmin(release, databaseUrl, api.url);
  const done = async (method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await admin.call(method, path, { body });
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered with ${String(answer.status)}: ${answer.text}`);
    return answer.body;
  };
  const first = await repeatCall(admin);
  const dealIds = [(JSON.parse(first.text) as { deal_id: string }).deal_id];
  for (let n = 1; n <= 4; n += 1) {
    const deal = await done('POST', '/api/deals', {
      canonical_name: `deal-${String(n)}`,
      metadata: { priority: 'HIGH', asking_price: { amount: '1250000.50', currency: 'USD' } },
    });
    const id = String(deal['deal_id']);
    dealIds.push(id);
    await done('POST', `/api/deals/${id}/transition`, { new_stage: 'initial_review', reason: 'fits' });
    await done('PATCH', `/api/deals/${id}`, { display_name: `Deal – „${String(n)}“` });
    await done('POST', `/api/deals/${id}/aliases`, { alias: `Alias ${String(n)}`, alias_type: 'company_name', confidence: 0.9 });
  }
  const invited = await done('POST', '/api/admin/operators', { email: 'vic@upgrade.example', name: 'Vic', role: 'viewer' });
  await done('PATCH', `/api/admin/operators/${String(invited['id'])}`, { role: 'analyst' });
  const apiKey = await admin.makeKey(['deals:read', 'deals:write']);
  await allPublished(databaseUrl);
  await deliveredTo(databaseUrl);
  await query(databaseUrl, MAKE_DEAD);
  const position = 5;
  const id = `${await epochOf(databaseUrl)}-${String(position)}`;
  return { admin, apiKey, dealIds, resume: { id, position }, firstAnswer: first.text, anchor: await chainHead(databaseUrl, admin) };
}

/** Everything that the API shows of a scene, but for what grows by looking. */
export async function show(browser: Browser, dealIds: readonly string[]): Promise<Readonly<Record<string, Answered>>> {
  const paths = [
    ...['/api/deals?limit=200', '/api/deals/stages/summary', '/api/pipeline/summary', '/api/admin/operators', '/api/auth/me'],
    ...['/api/auth/sessions', '/api/auth/api-keys', '/api/admin/dlq', '/api/events/poll?since=0', '/api/events/recent'],
    ...dealIds.flatMap((id) => ['', '/stage-history', '/events', '/aliases', '/valid-transitions'].map((of) => `/api/deals/${id}${of}`)),
  ];
  const shown: Record<string, Answered> = {};
  for (const path of paths) {
    const { status, headers, text } = await browser.get(path);
    if (status !== 200) throw new Error(`${path} was answered with ${String(status)}: ${text}`);
    shown[path] = { version: VERSION.exec(headers.get('etag') ?? '')?.[1], body: JSON.parse(text, withoutUse) as Answered['body'] };
  }
  return shown;
}

/** Waits until every committed event has its position. */
export async function allPublished(databaseUrl: string): Promise<void> {
  await waitFor(
    'every event to have its position',
    async () => {
      const [row] = await query<{ open: boolean }>(
        databaseUrl,
        `SELECT EXISTS (SELECT FROM zakops.events e WHERE NOT EXISTS (SELECT FROM zakops.event_log l WHERE l.event_id = e.id)) AS open`,
      );
      return row?.open === false;
    },
    PATIENCE_MS,
  );
}

/** Waits until no ticket is open any more. */
export async function deliveredTo(databaseUrl: string): Promise<void> {
  await waitFor(
    'every ticket to be delivered',
    async () => {
      const open = await query(databaseUrl, `SELECT FROM zakops.outbox WHERE status IN ('pending', 'processing', 'failed') LIMIT 1`);
      return open.length === 0;
    },
    PATIENCE_MS,
  );
}

/** The name of the log, as ids of streams begin. */
export async function epochOf(databaseUrl: string): Promise<string> {
  const [row] = await query<{ epoch: string }>(databaseUrl, 'SELECT epoch FROM zakops.event_log_head');
  return row?.epoch ?? '';
}

/** The last position that was given. */
export async function headOf(databaseUrl: string): Promise<number> {
  const [row] = await query<{ position: string }>(databaseUrl, 'SELECT position FROM zakops.event_log_head');
  return Number(row?.position);
}

/** The browser of a user who is sent to another process: by a balancer, or because the version is another one. */
export function atAddress(browser: Browser, url: string): Browser {
  const moved = new Browser(url);
  for (const [name, value] of browser.cookies) moved.cookies.set(name, value);
  moved.csrfToken = browser.csrfToken;
  return moved;
}

/** What is wrong with the log and the effects of its consumer; empty when every event came exactly once. */
export async function faultsOfTheLog(databaseUrl: string): Promise<readonly string[]> {
  const rows = await query<{ fault: string }>(
    databaseUrl,
    `SELECT 'a gap before ' || position AS fault FROM (SELECT position, lag(position, 1, 0::bigint) OVER (ORDER BY position) AS before
        FROM zakops.event_log) AS log WHERE position <> before + 1
     UNION ALL SELECT 'the head is not the end' WHERE (SELECT max(position) FROM zakops.event_log) <> (SELECT position FROM zakops.event_log_head)
     UNION ALL SELECT 'never published: ' || id FROM zakops.events e WHERE NOT EXISTS (SELECT FROM zakops.event_log l WHERE l.event_id = e.id)
     UNION ALL SELECT 'published twice: ' || event_id FROM zakops.event_log GROUP BY event_id HAVING count(*) > 1
     UNION ALL SELECT 'out of order: ' || a.event_id FROM (
       SELECT l.event_id, e.aggregate_seq, lag(e.aggregate_seq) OVER (PARTITION BY e.aggregate_type, e.aggregate_id ORDER BY l.position) AS before
         FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id) AS a WHERE aggregate_seq <> before + 1
     UNION ALL SELECT 'without activity: ' || e.id FROM zakops.events e
      WHERE e.aggregate_type = 'deal' AND NOT EXISTS (SELECT FROM zakops.deal_activity a WHERE a.id = e.id)`,
  );
  return rows.map(({ fault }) => fault);
}

/** Opens a stream as the client of a scene would after its connection broke. */
export function resumeStream(url: string, { admin, resume }: Scene): Promise<SseClient> {
  return SseClient.open(`${url}/api/events/stream`, { lastEventId: resume.id, headers: { cookie: admin.cookieHeader } });
}

/** The head of the audit chain once nothing waits to be chained. */
export async function chainHead(databaseUrl: string, browser: Browser): Promise<string> {
  await waitFor(
    'every audit entry to be chained',
    async () => (await query(databaseUrl, 'SELECT FROM zakops.audit_pending')).length === 0,
    PATIENCE_MS,
  );
  const { head } = (await browser.get('/api/admin/audit/verify')).body as { head: { position: number; hash: string } };
  return `${String(head.position)}:${head.hash}`;
}

/** Times that move with every look at a session or a key, and the place that a poll gives: it names the log, which a restore renames. */
const NOT_COMPARED = new Set(['last_seen_at', 'idle_expires_at', 'last_used_at', 'next_since', 'reset']);

function withoutUse(name: string, value: unknown): unknown {
  return NOT_COMPARED.has(name) ? undefined : value;
}
