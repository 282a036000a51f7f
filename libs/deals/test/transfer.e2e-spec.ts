import { spawnWorker, waitFor } from '#zakops/testing';
import { Logger } from '@nestjs/common';
import { ServerResponse } from 'node:http';
import { DealsApi } from './deals-api.js';
import type { DealsAnswer } from './deals-api.js';

type Json = Readonly<Record<string, unknown>>;

describe('deals as files', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(() => api.stop());

  const send = (text: string, query = '', type = 'text/csv'): Promise<DealsAnswer> =>
    api.call('POST', `/deals/import${query}`, text, { 'content-type': type });
  const state = async (id: string): Promise<Json> => (await api.get(`/deals/imports/${id}`)).body as Json;
  const report = async (id: string, query = ''): Promise<Json[]> => (await api.get(`/deals/imports/${id}/rows${query}`)).body as Json[];

  const endWaitingSessions = (): Promise<unknown> =>
    waitFor('a session that waits', async () => {
      const rows = await api.database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });

  /** Sends a file and waits until a worker has carried it out. */
  async function importAll(text: string, query = '', type = 'text/csv'): Promise<Json> {
    const { status, body } = await send(text, query, type);
    if (status !== 202) throw new Error(`The import was answered with ${String(status)}: ${JSON.stringify(body)}`);
    const { task_id: id } = body as { task_id: string };
    const worker = await spawnWorker(api.database.url);
    try {
      return await waitFor('the import', async () => {
        const now = await state(id);
        return now['state'] === 'done' ? now : undefined;
      });
    } finally {
      await worker.stop();
    }
  }

  it('imports CSV with a mark, quotes, both line ends and formulas, and names the rows that are wrong', async () => {
    const text = [
      '\uFEFFexternal_id,canonical_name,display_name,stage,next_step,metadata,broker',
      `F-1,acme,"Acme, ""the"" first\nof its kind",due_diligence,'=1+1,"{""priority"":""HIGH"",""asking_price"":{""amount"":""5.00"",""currency"":""USD""}}",`,
      'F-2,zoe\u0301,,closed_won,,,"{""name"":""Bo""}"',
      'F-3,too,few',
      'F-4,x,,nope,,,',
      'F-5,x,,,,{broken,',
      'F-1,again,,,,,',
      'F-6,,,,,,',
    ].join('\r\n');
    const dry = await importAll(text, '?dry_run=true');
    expect(dry).toMatchObject({ dry_run: true, rows: 7, done: 7, created: 2, failed: 5, created_by: 'dev@zakops.local' });
    expect((await api.get('/deals?status=active')).body).toEqual([]);

    const done = await importAll(text);
    expect(done).toMatchObject({ state: 'done', rows: 7, done: 7, created: 2, changed: 0, unchanged: 0, failed: 5 });
    const id = String(done['task_id']);
    expect(await report(id, '?state=failed')).toMatchObject([
      { line: 5, code: 'UNREADABLE', field: null },
      { line: 6, code: 'NOT_ALLOWED', field: 'stage' },
      { line: 7, code: 'UNREADABLE', field: 'metadata' },
      { line: 8, code: 'DUPLICATE_ROW', detail: 'is about the deal of line 3' },
      { line: 9, code: 'REQUIRED', field: 'canonical_name' },
    ]);
    const [first, second] = (await report(id, '?state=created')).map((row) => String(row['deal_id']));
    expect((await api.get(`/deals/${String(first)}`)).body).toMatchObject({
      display_name: 'Acme, "the" first\nof its kind',
      stage: 'due_diligence',
      next_step: '=1+1',
      source: 'import',
      metadata: { priority: 'HIGH', asking_price: { amount: '5.00', currency: 'USD' } },
    });
    expect((await api.get(`/deals/${String(second)}`)).body).toMatchObject({
      canonical_name: 'zo\u00e9',
      stage: 'closed_won',
      broker: { name: 'Bo' },
    });

    const before = await api.database.query('SELECT count(*) FROM zakops.events');
    expect(await importAll(text)).toMatchObject({ created: 0, changed: 0, unchanged: 2, failed: 5 });
    expect(await api.database.query('SELECT count(*) FROM zakops.events')).toEqual(before);

    expect(await importAll('external_id,canonical_name,stage\nF-1,acme,closing\n')).toMatchObject({ changed: 1 });
    const events = await api.database.query<{ type: string; actor: string }>(
      `SELECT type, actor FROM zakops.events WHERE aggregate_id = $1 ORDER BY aggregate_seq`,
      [first],
    );
    expect(events).toMatchObject([{ type: 'deal.created', actor: 'user:dev@zakops.local' }, { type: 'deal.stage_changed' }]);
    expect((await api.get(`/deals/${String(first)}/stage-history`)).body).toMatchObject({
      history: [{ from_stage: 'due_diligence', to_stage: 'closing', reason: 'import', transitioned_by: 'dev@zakops.local' }],
    });
    const [audited] = await api.database.query(`SELECT count(*)::int AS n FROM zakops.audit_log WHERE action = 'deal_import.started'`);
    expect(audited).toEqual({ n: 4 });
    const [move] = await api.database.query(
      `SELECT before, after, actor_id FROM zakops.audit_log WHERE resource_id = $1 AND action = 'deal.stage_changed'`,
      [first],
    );
    expect(move).toMatchObject({ before: { stage: 'due_diligence' }, after: { stage: 'closing', reason: 'import' } });
  });

  it('leaves a deal as it was when the event of a row would be too large', async () => {
    const large = (letter: string): readonly string[] => Array.from({ length: 30 }, () => letter.repeat(5_000));
    const id = await api.open({ identifiers: { internal_codes: large('a') } });
    const before = await api.get(`/deals/${id}`);
    const row = JSON.stringify({
      deal_id: id,
      canonical_name: 'acme-plumbing',
      stage: 'closing',
      identifiers: { internal_codes: large('b') },
    });
    const done = await importAll(`${row}\n`, '', 'application/x-ndjson');
    expect(done).toMatchObject({ changed: 0, failed: 1 });
    expect(await report(String(done['task_id']))).toMatchObject([{ state: 'failed', code: 'EVENT_TOO_LARGE' }]);
    const after = await api.get(`/deals/${id}`);
    expect([after.headers.get('etag'), after.text]).toEqual([before.headers.get('etag'), before.text]);
    const [counts] = await api.database.query(
      `SELECT (SELECT count(*)::int FROM zakops.events WHERE aggregate_id = $1) AS events,
              (SELECT count(*)::int FROM zakops.deal_stage_history WHERE deal_id = $1) AS moves`,
      [id],
    );
    expect(counts).toEqual({ events: 1, moves: 0 });
  });

  it('fails a row that the database refuses, and imports the others', async () => {
    await api.database.query(`ALTER TABLE zakops.deals ADD CONSTRAINT no_poison CHECK (canonical_name <> 'poison')`);
    try {
      const done = await importAll('external_id,canonical_name\nP-1,fine\nP-2,poison\nP-3,fine\n');
      expect(done).toMatchObject({ created: 2, failed: 1 });
      expect(await report(String(done['task_id']), '?state=failed')).toMatchObject([{ line: 3, code: 'INTERNAL_ERROR' }]);
    } finally {
      await api.database.query('ALTER TABLE zakops.deals DROP CONSTRAINT no_poison');
    }
  });

  it('fails a row that says what cannot be stored, and imports the others', async () => {
    const rows = [
      '{"canonical_name":"a\\u0000b"}',
      '{"canonical_name":"exact","identifiers":{"axial_id":12345678901234567890123}}',
      '{"canonical_name":"fine too"}',
    ];
    const done = await importAll(`${rows.join('\n')}\n`, '', 'application/x-ndjson');
    expect(await report(String(done['task_id']))).toMatchObject([
      { state: 'failed', code: 'INVALID_CHARACTER', field: 'canonical_name' },
      { state: 'failed', code: 'INEXACT_NUMBER', field: 'identifiers/axial_id' },
      { state: 'created' },
    ]);
  });

  it('links a deal to another system by its external id alone, with an event', async () => {
    const [id, other] = [await api.open({ canonical_name: 'linked' }), await api.open({ canonical_name: 'other' })];
    expect(await importAll(`deal_id,external_id,canonical_name\n${id},CRM-17,linked\n`)).toMatchObject({ changed: 1 });
    expect(await importAll('external_id,canonical_name\nCRM-17,renamed\n')).toMatchObject({ changed: 1, created: 0 });
    const [event] = await api.database.query(
      `SELECT data -> 'changes' AS changes FROM zakops.events WHERE aggregate_id = $1 AND type = 'deal.updated' ORDER BY aggregate_seq LIMIT 1`,
      [id],
    );
    expect(event).toEqual({ changes: [{ field: 'external_id', old_value: null, new_value: 'CRM-17' }] });
    const taken = await importAll(`deal_id,external_id,canonical_name\n${other},CRM-17,other\n`);
    expect(await report(String(taken['task_id']))).toMatchObject([{ state: 'failed', code: 'CONFLICT', field: 'external_id' }]);
  });

  it('ends with a stage what belonged to the stage before', async () => {
    const lost = await api.open({ canonical_name: 'lost' });
    await api.post(`/deals/${lost}/transition`, { new_stage: 'closed_lost', outcome_reason: 'price_gap', outcome_note: 'far apart' });
    const snoozed = await api.open({ canonical_name: 'snoozed' });
    await api.post(`/deals/${snoozed}/snooze`, { until: new Date().toISOString().slice(0, 10), reason: 'away' });
    await importAll(`deal_id,canonical_name,stage\n${lost},lost,inbound\n${snoozed},snoozed,closing\n`);
    expect((await api.get(`/deals/${lost}`)).body).toMatchObject({ stage: 'inbound', outcome_reason: null, outcome_note: null });
    expect((await api.get(`/deals/${snoozed}`)).body).toMatchObject({ stage: 'closing', snoozed_until: null, snooze_reason: null });
    const types = await api.database.query<{ type: string }>(
      'SELECT type FROM zakops.events WHERE aggregate_id = $1 ORDER BY aggregate_seq',
      [snoozed],
    );
    expect(types.map(({ type }) => type)).toEqual(['deal.created', 'deal.snoozed', 'deal.stage_changed', 'deal.unsnoozed']);
  });

  it('takes neither a status that only a merge gives, nor a row of a merged deal', async () => {
    const [old, survivor] = [await api.open({ canonical_name: 'old' }), await api.open({ canonical_name: 'survivor' })];
    await api.post(`/deals/${old}/merge`, { into: survivor });
    const done = await importAll(`deal_id,external_id,canonical_name,status\n${old},,new name,active\n,M-1,opened,merged\n`);
    expect(await report(String(done['task_id']))).toMatchObject([
      { state: 'failed', code: 'DEAL_MERGED' },
      { state: 'failed', code: 'RULE_BROKEN' },
    ]);
  });

  it('takes an export back without a change', async () => {
    const texts = ['=SUM(A1)', "'quoted", '-5', 'a,b', 'line\nbreak', 'سوق', '🛠', '\t=tab'];
    for (const text of texts)
      await api.open({ canonical_name: `export ${text}`, display_name: text, company_info: { company_name: text } });
    for (const [format, type] of [
      ['csv', 'text/csv'],
      ['ndjson', 'application/x-ndjson'],
    ] as const) {
      const response = await fetch(`${api.url}/api/deals/export?format=${format}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
      const file = await response.text();
      if (format === 'csv') expect(file).toContain("'=SUM(A1)");
      const done = await importAll(file, '', type);
      // The deal that was merged above is in the file, and takes no change.
      expect(done).toMatchObject({ created: 0, changed: 0, failed: 1, unchanged: Number(done['rows']) - 1 });
      expect(await report(String(done['task_id']), '?state=failed')).toMatchObject([{ code: 'DEAL_MERGED' }]);
    }
    expect(await api.get('/deals/export?stage=nope')).toMatchObject({ status: 400 });
    const won = await (await fetch(`${api.url}/api/deals/export?format=ndjson&stage=closed_won`)).text();
    expect(
      won
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Json)['stage']),
    ).toEqual(['closed_won']);
  });

  it('exports long lists in one walk while deals change', async () => {
    await api.database.query(
      `INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version) SELECT 'DEAL-' || n, 'many', 'inbound', 'active', 1 FROM generate_series(200000, 204999) n`,
    );
    const [row] = await api.database.query<{ n: number }>('SELECT count(*)::int AS n FROM zakops.deals WHERE NOT deleted');
    const stop = new AbortController();
    let changes = 0;
    const changing = (async (): Promise<void> => {
      for (; !stop.signal.aborted; changes += 1)
        await api.database.query(`UPDATE zakops.deals SET updated_at = now() WHERE deal_id = $1`, [
          `DEAL-${String(200_000 + (changes % 5_000))}`,
        ]);
    })();
    const response = await fetch(`${api.url}/api/deals/export?format=ndjson`);
    const begun = changes;
    const lines = (await response.text()).trim().split('\n');
    expect(changes).toBeGreaterThan(begun);
    stop.abort();
    await changing;
    const ids = lines.map((line) => String((JSON.parse(line) as Json)['deal_id']));
    expect([ids.length, new Set(ids).size]).toEqual([row?.n, row?.n]);
    expect(ids).toEqual([...ids].sort());
  });

  it('reads no deal for a HEAD, and answers a failure before the first one as a problem', async () => {
    const holder = await api.database.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE zakops.deals IN ACCESS EXCLUSIVE MODE');
      const head = await fetch(`${api.url}/api/deals/export`, { method: 'HEAD', signal: AbortSignal.timeout(5_000) });
      expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
      const answer = fetch(`${api.url}/api/deals/export`);
      await endWaitingSessions();
      const { status, headers } = await answer;
      expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([503, 'application/problem+json', null]);
    } finally {
      await holder.query('ROLLBACK');
    }
  });

  it('logs no error when the client leaves in the middle', async () => {
    // More than the buffers of both ends of a connection hold.
    await api.database.query(
      `INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version, metadata)
       SELECT 'DEAL-' || n, 'long', 'inbound', 'active', 1, jsonb_build_object('text', repeat('x', 20000)) FROM generate_series(300000, 302999) n`,
    );
    const logged = jest.spyOn(Logger.prototype, 'error');
    const emitted = jest.spyOn(ServerResponse.prototype, 'emit');
    try {
      const leave = new AbortController();
      const response = await fetch(`${api.url}/api/deals/export`, { signal: leave.signal });
      await response.body?.getReader().read();
      leave.abort();
      await waitFor('the end of the answer', () => emitted.mock.calls.some(([name]) => name === 'close'));
      // Reading ends before the next answer is read.
      await api.get('/deals?limit=1');
      expect(logged).not.toHaveBeenCalled();
    } finally {
      logged.mockRestore();
      emitted.mockRestore();
    }
  });

  it('breaks the connection when the database fails in the middle', async () => {
    const holder = await api.database.connect();
    try {
      await holder.query('BEGIN');
      const response = await fetch(`${api.url}/api/deals/export?format=csv`);
      const reader = response.body?.getReader();
      await reader?.read();
      await holder.query('LOCK TABLE zakops.deals IN ACCESS EXCLUSIVE MODE');
      const broken = expect(
        (async (): Promise<void> => {
          while ((await reader?.read())?.done === false);
        })(),
      ).rejects.toThrow('terminated');
      await endWaitingSessions();
      await broken;
    } finally {
      await holder.query('ROLLBACK');
    }
  });

  it.each([
    ['nothing', '', 'EMPTY'],
    ['a head alone', 'canonical_name\n', 'EMPTY'],
    ['an unknown column', 'canonical_name,surprise\nx,y\n', 'WRONG_HEAD'],
    ['a column twice', 'canonical_name,canonical_name\nx,y\n', 'WRONG_HEAD'],
    ['no names', 'stage\ninbound\n', 'WRONG_HEAD'],
    ['a quote that never closes', 'canonical_name\n"x\n', 'UNREADABLE'],
    ['50,001 rows', `canonical_name\n${'x\n'.repeat(50_001)}`, 'TOO_MANY_ROWS'],
  ])('refuses a file with %s as a whole', async (_what, text, reason) => {
    const answer = text === '' ? await api.call('POST', '/deals/import', undefined, { 'content-type': 'text/csv' }) : await send(text);
    expect(answer).toMatchObject({ status: 422, body: { code: 'IMPORT_UNREADABLE', reason } });
  });

  it('refuses another type, bytes that are no UTF-8, and what cannot be stored', async () => {
    expect(await send('{}', '', 'application/json')).toMatchObject({ status: 415 });
    const raw = await fetch(`${api.url}/api/deals/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: Buffer.from('canonical_name\n\xff\n', 'latin1'),
    });
    expect([raw.status, ((await raw.json()) as Json)['code']]).toEqual([400, 'BAD_REQUEST']);
    expect(await send('canonical_name\na\u0000b\n')).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    expect((await send('x'.repeat(16 * 1_024 * 1_024 + 1))).status).toBe(413);
  });

  it('stops when it is cancelled, and leaves what is imported', async () => {
    const rows = Array.from({ length: 5_000 }, (_, n) => `C-${String(n)},cancelled`);
    const { body } = await send(['external_id,canonical_name', ...rows].join('\n'));
    const { task_id: id } = body as { task_id: string };
    const worker = await spawnWorker(api.database.url);
    try {
      await waitFor('progress', async () => Number((await state(id))['done']) > 0);
      const { body: cancelled } = await api.post(`/deals/imports/${id}/cancel`, {});
      expect(cancelled).toMatchObject({ state: 'cancelled', finished_at: expect.stringMatching(/^20/) as unknown });
      const { done } = cancelled as { done: number };
      expect(done).toBeLessThan(5_000);
      expect((await api.post(`/deals/imports/${id}/cancel`, {})).body).toMatchObject({ state: 'cancelled', done });
      // The end of a later import shows that the worker has gone on.
      const { task_id: later } = (await send('external_id,canonical_name\nD-2,later\n')).body as { task_id: string };
      await waitFor('the later import', async () => (await state(later))['state'] === 'done');
      expect(await state(id)).toMatchObject({ state: 'cancelled', done });
      const [row] = await api.database.query(`SELECT count(*)::int AS n FROM zakops.deals WHERE external_id LIKE 'C-%'`);
      expect(row).toEqual({ n: done });
    } finally {
      await worker.stop();
    }
    expect((await api.get('/deals/imports/01a20766-1903-7000-b53a-f1a67f726fc3')).status).toBe(404);
  });
});
