import { AuditChainer, verifyExport } from '#zakops/audit';
import { Database, DatabaseConnector } from '#zakops/database';
import type { Statement } from '#zakops/database';
import { createTestDatabase, spawnWorker, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { startOperationsApi } from './operations-harness.js';
import type { Answer, OperationsApi } from './operations-harness.js';
import { writeTicket } from './tickets.builder.js';

type Entry = Readonly<Record<string, unknown>>;

interface List {
  readonly entries: readonly Entry[];
  readonly limit: number;
  readonly next_cursor: string | null;
}

interface Verification {
  readonly ok: boolean;
  readonly checked: number;
  readonly head: { readonly position: number; readonly hash: string };
  readonly problem_count: number;
  readonly problems: readonly { kind: string; position: number | null; entry_id: string | null }[];
  readonly ranges: readonly { from: number; to: number; state: string }[];
  readonly last_anchor: unknown;
}

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

describe('/api/admin/audit', () => {
  let database: TestDatabase;
  let api: OperationsApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
  });

  beforeEach(async () => {
    await tamper('TRUNCATE zakops.audit_log, zakops.audit_chain, zakops.audit_pending, zakops.audit_anchors');
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  async function tamper(sql: string): Promise<void> {
    const client = await database.connect();
    await client.query('SET session_replication_role = replica');
    await client.query(sql);
    await client.end();
  }

  /** Writes entries as writers do, without a writer. */
  async function write(count: number, columns: Readonly<Record<string, string>> = {}): Promise<void> {
    const given = { actor_id: `'a@b.c'`, action: `'deal.updated'`, resource_type: `'deal'`, resource_id: `'D-' || n`, ...columns };
    await database.query(
      `WITH entry AS (
         INSERT INTO zakops.audit_log (id, actor_type, ${Object.keys(given).join(', ')})
         SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n), 3, '0')
                 || '8' || substr(md5(random()::text), 1, 15))::uuid, 'user', ${Object.values(given).join(', ')}
           FROM generate_series(1, $1::int) n ORDER BY n RETURNING id
       ) INSERT INTO zakops.audit_pending SELECT id FROM entry`,
      [count],
    );
  }

  const list = (query = ''): Promise<Answer<List>> => api.get<List>(`/api/admin/audit${query}`);
  const verify = async (query = ''): Promise<Verification> => (await api.get<Verification>(`/api/admin/audit/verify${query}`)).body;
  const actions = async (): Promise<unknown[]> =>
    (await database.query('SELECT action FROM zakops.audit_log ORDER BY id')).map(({ action }) => action as string);

  async function exported(query = ''): Promise<{ response: Response; lines: readonly Record<string, unknown>[] }> {
    const response = await fetch(`${api.url}/api/admin/audit/export${query}`);
    const text = await response.text();
    expect(text.endsWith('\n')).toBe(true);
    return {
      response,
      lines: text
        .slice(0, -1)
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    };
  }

  it('records who redrove a dead letter, from where, with what before and after', async () => {
    const ticket = await writeTicket(database);
    const response = await fetch(`${api.url}/api/admin/dlq/${ticket.entryId}/retry`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'curl/8',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
      body: JSON.stringify({ reason: 'the key is zko_abc123 now' }),
    });
    expect(response.status).toBe(200);
    await api.app.get(AuditChainer, { strict: false }).chainPending();
    const { body } = await list();
    expect(body.entries).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        actor_type: 'user',
        actor_id: 'dev@zakops.local',
        action: 'dead_letter.retried',
        resource_type: 'dead_letter',
        resource_id: ticket.entryId,
        before: { status: 'dead' },
        after: { status: 'pending' },
        details: { reason: 'the key is [redacted] now' },
        address: '127.0.0.1',
        user_agent: 'curl/8',
        method: 'POST',
        path: `/api/admin/dlq/${ticket.entryId}/retry`,
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        position: 1,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it('records every operation on the dead letter queue, and none that failed', async () => {
    for (let n = 0; n < 3; n += 1) await writeTicket(database, { failedAgo: '40 days', consumer: `c${String(n)}` });
    const { entryId } = await writeTicket(database, { consumer: 'single' });
    await api.post(`/api/admin/dlq/retry-all?consumer=c0`, { reason: 'all' });
    await api.post('/api/admin/dlq/purge-old', { days: 30 });
    await api.delete(`/api/admin/dlq/${entryId}?reason=spam`);
    expect((await api.delete(`/api/admin/dlq/${entryId}`)).status).toBe(404);
    const rows = await database.query(
      'SELECT action, resource_type, resource_id, before, after, details FROM zakops.audit_log ORDER BY id',
    );
    expect(rows).toEqual([
      {
        action: 'dead_letters.retried',
        resource_type: 'dead_letter_queue',
        resource_id: 'dlq',
        before: { status: 'dead' },
        after: { status: 'pending' },
        details: { reason: 'all', operation_id: expect.any(String), filter: { consumer: 'c0' }, count: 1, task_id: expect.any(String) },
      },
      {
        action: 'dead_letters.purged',
        resource_type: 'dead_letter_queue',
        resource_id: 'dlq',
        before: { status: 'dead' },
        after: null,
        details: { operation_id: expect.any(String), filter: { olderThanDays: 30 }, count: 2, task_id: expect.any(String) },
      },
      {
        action: 'dead_letter.purged',
        resource_type: 'dead_letter',
        resource_id: entryId,
        before: { status: 'dead' },
        after: null,
        details: { reason: 'spam' },
      },
    ]);
  });

  it('pages newest first, without repeating or skipping while entries come in', async () => {
    await write(25);
    const seen: unknown[] = [];
    let path = '/api/admin/audit?limit=10&action=deal.updated';
    for (;;) {
      const { body, headers } = await api.get<List>(path);
      seen.push(...body.entries.map(({ resource_id }) => resource_id));
      await write(3, { action: `'deal.updated'`, resource_id: `'later'` });
      if (body.next_cursor === null) {
        expect(headers.get('link')).toBeNull();
        break;
      }
      expect(headers.get('x-next-cursor')).toBe(body.next_cursor);
      path = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? '';
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `D-${String(25 - n)}`));
  });

  it('narrows the list by each filter', async () => {
    await write(3, { occurred_at: `clock_timestamp() - n * interval '1 hour'` });
    await write(1, { actor_id: `'key-1'`, action: `'session.ended'`, resource_type: `'session'`, resource_id: `'S-1'` });
    const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
    const cases: readonly [string, readonly string[]][] = [
      ['actor=key-1', ['S-1']],
      ['action=session.ended', ['S-1']],
      ['resource_type=session', ['S-1']],
      ['resource_type=deal&resource_id=D-2', ['D-2']],
      [`resource_type=deal&since=${hoursAgo(1.5)}`, ['D-1']],
      [`resource_type=deal&until=${hoursAgo(1.5)}`, ['D-3', 'D-2']],
      [`since=${hoursAgo(2.5)}&until=${hoursAgo(1.5)}`, ['D-2']],
      ['actor=key', []],
      ['since=2999-01-01T00:00:00Z', []],
      ['until=0001-01-01T00:00:00Z', []],
      ['until=9999-12-31T23:59:59Z&resource_id=D-1', ['D-1']],
    ];
    for (const [query, ids] of cases) {
      const { body } = await list(`?${query}`);
      expect([query, body.entries.map(({ resource_id }) => resource_id)]).toEqual([query, ids]);
    }
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?since=yesterday', 'since'],
    ['?cursor=forged', 'cursor'],
    ['?actors=a', 'actors'],
    ['/verify?anchor=1', 'anchor'],
    ['/verify?anchor=0:' + 'a'.repeat(64), 'anchor'],
    ['/verify?from=0', 'from'],
    ['/export?from=x', 'from'],
  ])('refuses %s', async (path, pointer) => {
    const { status, body } = await api.get<{ code: string; errors: readonly { pointer: string }[] }>(`/api/admin/audit${path}`);
    expect([status, body.code, body.errors[0]?.pointer]).toEqual([400, 'VALIDATION_ERROR', pointer]);
    expect(await actions()).toEqual([]);
  });

  it('refuses a cursor of another filter', async () => {
    await write(3);
    const { body } = await list('?limit=1');
    const { status } = await list(`?limit=1&actor=x&cursor=${String(body.next_cursor)}`);
    expect(status).toBe(400);
  });

  it('shows one entry, and 404 for an unknown one', async () => {
    await write(1);
    const [{ id } = {}] = await database.query('SELECT id FROM zakops.audit_log');
    const found = await api.get(`/api/admin/audit/${String(id)}`);
    expect([found.status, found.body['id'], found.body['position'], found.body['hash']]).toEqual([200, id, null, null]);
    const unknown = await api.get(`/api/admin/audit/${UNKNOWN_ID}`);
    expect([unknown.status, unknown.body['code'], unknown.body['entry_id']]).toEqual([404, 'NOT_FOUND', UNKNOWN_ID]);
  });

  it('records its own reading, verifying and exporting, once per request', async () => {
    await list('?actor=x');
    await api.get(`/api/admin/audit/${UNKNOWN_ID}`);
    await verify();
    await exported();
    const rows = await database.query('SELECT action, actor_id, resource_id, details FROM zakops.audit_log ORDER BY id');
    expect(rows).toEqual([
      {
        action: 'audit.read',
        actor_id: 'dev@zakops.local',
        resource_id: 'list',
        details: { filter: { actor: 'x' }, limit: 50, entries: 0 },
      },
      { action: 'audit.read', actor_id: 'dev@zakops.local', resource_id: UNKNOWN_ID, details: { found: false } },
      {
        action: 'audit.verified',
        actor_id: 'dev@zakops.local',
        resource_id: 'chain',
        details: { from: 1, anchors: 0, finished: true, ok: true, checked: 2, head: 2, problems: 0 },
      },
      {
        action: 'audit.exported',
        actor_id: 'dev@zakops.local',
        resource_id: 'chain',
        details: { from: 1, head: { position: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      },
    ]);
  });

  it('verifies with anchors, and says which ranges they vouch for', async () => {
    await write(5);
    const { head, ...first } = await verify();
    expect(first).toEqual({
      ok: true,
      checked: 5,
      problem_count: 0,
      problems: [],
      ranges: [{ from: 1, to: 5, state: 'unanchored' }],
      last_anchor: null,
      start: { position: 0, hash: '0'.repeat(64) },
    });
    const second = await verify(`?anchor=${String(head.position)}:${head.hash}`);
    expect([second.ok, second.ranges]).toEqual([
      true,
      [
        { from: 1, to: 5, state: 'anchored' },
        { from: 6, to: 6, state: 'unanchored' },
      ],
    ]);
    await tamper(`UPDATE zakops.audit_log SET actor_id = 'x' WHERE resource_id = 'D-2'`);
    const [{ id } = {}] = await database.query(`SELECT id FROM zakops.audit_log WHERE resource_id = 'D-2'`);
    const third = await verify(`?anchor=5:${head.hash}&anchor=1:${'0'.repeat(64)}&to=5`);
    expect([third.ok, third.problem_count, third.problems.map(({ kind, position, entry_id }) => [kind, position, entry_id])]).toEqual([
      false,
      2,
      [
        ['contradicted', 1, null],
        ['changed', 2, id],
      ],
    ]);
    expect(third.ranges).toEqual([
      { from: 1, to: 2, state: 'contradicted' },
      { from: 3, to: 5, state: 'anchored' },
    ]);
  });

  it('exports every entry in the form in which it is hashed, up to the head that it names', async () => {
    await write(1_001, { after: `'{"b": 1, "a": {"x": null}}'`, trace_id: 'NULL' });
    const { response, lines } = await exported();
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      200,
      'application/x-ndjson',
      'no-store',
    ]);
    const links = await database.query(
      `SELECT position::int, encode(prev_hash, 'hex') AS prev_hash, encode(hash, 'hex') AS hash, entry_id AS id FROM zakops.audit_chain ORDER BY 1`,
    );
    expect(lines).toHaveLength(1_002);
    expect(lines.slice(0, -1)).toMatchObject(links);
    expect(lines[0]).toMatchObject({ before: null, after: '{"a": {"x": null}, "b": 1}', details: '{}', actor_id: 'a@b.c' });
    expect(lines.at(-1)).toEqual({ form: 'zakops-audit-1', count: 1_001, head: { position: 1_001, hash: links[1_000]?.['hash'] } });
    const part = await exported('?from=1001');
    expect(part.lines.map(({ position }) => position)).toEqual([1_001, 1_002, undefined]);
  });

  it('exports what can be verified without the database, whatever texts it holds', async () => {
    await write(40, { user_agent: `chr(n) || U&'\\2028 \\2029 \\0085 \\+01F600'`, before: `jsonb_build_object(chr(n), chr(8232))` });
    const { head } = await verify();
    const text = await (await fetch(`${api.url}/api/admin/audit/export`)).text();
    expect(text).not.toMatch(/[\u2028\u2029]/);
    const check = (lines: readonly string[]): ReturnType<typeof verifyExport> => verifyExport(Readable.from(lines), [head]);
    const lines = text.split('\n');
    expect(await check(lines)).toMatchObject({
      ok: true,
      checked: 41,
      ranges: [
        { to: 40, state: 'anchored' },
        { to: 41, state: 'unanchored' },
      ],
    });
    const changed = await check(lines.with(9, lines[9]?.replace('"deal.updated"', '"deal.deleted"') ?? ''));
    expect(changed.problems.map(({ kind, position }) => [kind, position])).toEqual([['changed', 10]]);
  });

  it('is chained by the worker, without anybody who asks', async () => {
    const worker = await spawnWorker(database.url, { AUDIT_ANCHOR_INTERVAL: '1' });
    try {
      await write(3);
      await worker.waitForLine('Audit chain anchored');
      expect(await database.query('SELECT position::int FROM zakops.audit_chain ORDER BY 1')).toEqual(
        [1, 2, 3].map((position) => ({ position })),
      );
      const line = JSON.parse(await worker.waitForLine('"position":3')) as Record<string, unknown>;
      const [last] = await database.query(`SELECT encode(hash, 'hex') AS hash FROM zakops.audit_chain WHERE position = 3`);
      expect(line).toMatchObject({ level: 'info', message: 'Audit chain anchored', position: 3, hash: last?.['hash'] });
      expect((await verify()).last_anchor).toMatchObject({ position: 3, hash: last?.['hash'], targets: ['log'], failures: {} });
    } finally {
      expect((await worker.stop()).code).toBe(0);
    }
  });

  it('does not read the database ahead of a client that does not read', async () => {
    await write(4_000, { details: `jsonb_build_object('filler', repeat('x', 20000))` });
    await api.app.get(AuditChainer, { strict: false }).chainPending();
    const queries = jest.spyOn(api.app.get(Database), 'query');
    // The process asks for other things meanwhile, each second: the more of them, the slower the machine.
    const isOfChain = ([statement]: readonly [Statement, ...unknown[]]): boolean =>
      (typeof statement === 'string' ? statement : statement.text).includes('zakops.audit_chain');
    const batches = (): number => queries.mock.calls.filter(isOfChain).length;
    const { port, hostname } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write('GET /api/admin/audit/export HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    // Nobody reads the socket: the exporter must come to rest long before the 16 batches of 5 MB are read.
    let last = 0;
    let same = 0;
    await waitFor('the export to rest', () => {
      same = batches() === last ? same + 1 : 0;
      last = batches();
      return same > 50;
    });
    expect(last).toBeLessThan(8);
    expect((await fetch(`${api.url}/api/admin/audit?limit=1`)).status).toBe(200);
    let size = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (chunk.includes('"form":"zakops-audit-1"')) break;
    }
    expect(size).toBeGreaterThan(80_000_000);
    expect(batches()).toBeGreaterThan(16);
    queries.mockRestore();
  });

  it('answers HEAD of an export without one', async () => {
    await write(1);
    const response = await fetch(`${api.url}/api/admin/audit/export`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type'), await actions()]).toEqual([
      200,
      'application/x-ndjson',
      ['deal.updated'],
    ]);
  });

  it('is closed without an operator, and leaves no entry then', async () => {
    const closed = await startOperationsApi(database.url, { AUTH_REQUIRED: 'true', SESSION_SECRET: 'x'.repeat(32) });
    try {
      for (const path of ['', `/${UNKNOWN_ID}`, '/verify', '/export']) {
        const { status, body } = await closed.get(`/api/admin/audit${path}`);
        expect([path, status, body['code']]).toEqual([path, 401, 'UNAUTHORIZED']);
      }
      expect(await actions()).toEqual([]);
    } finally {
      await closed.close();
    }
  });
});
