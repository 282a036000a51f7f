import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { randomUUID } from 'node:crypto';
import { DealsApi } from './deals-api.js';

const BIG = '12345678901234567890';
const FINE = '0.1000000000000000055';

/** A document as an adopted database may hold it. */
const DOCUMENT = `{"big": ${BIG}, "fine": [${FINE}], "plain": 1.5}`;

describe('numbers of a deal that a double cannot hold', () => {
  let api: DealsApi;
  let worker: SpawnedApp;

  beforeAll(async () => {
    api = await DealsApi.start();
    worker = await spawnWorker(api.database.url, { OUTBOX_POLL_INTERVAL: '0.1' });
  });

  afterAll(async () => {
    await worker.stop();
    await api.stop();
  });

  async function adopted(): Promise<string> {
    const id = await api.open();
    await api.database.query(
      `UPDATE zakops.deals SET identifiers = $2, company_info = $2, broker = $2, metadata = $2, email_thread_ids = $3 WHERE deal_id = $1`,
      [id, DOCUMENT, `[${DOCUMENT}]`],
    );
    return id;
  }

  async function documents(id: string): Promise<Record<string, unknown>> {
    const [row] = await api.database.query(
      `SELECT identifiers::text, company_info::text, broker::text, metadata::text, email_thread_ids::text FROM zakops.deals WHERE deal_id = $1`,
      [id],
    );
    return row ?? {};
  }

  it('stay as they are in every document when another field changes, by whatever call', async () => {
    const id = await adopted();
    const before = await documents(id);

    expect((await api.patch(`/deals/${id}`, { display_name: 'Acme' })).status).toBe(200);
    expect((await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review' })).status).toBe(200);
    expect((await api.post(`/deals/${id}/aliases`, { alias: 'BBS-1', alias_type: 'listing_id' })).status).toBe(201);

    expect(await documents(id)).toEqual(before);
    expect(before['metadata']).toContain(BIG);
  });

  it('stay as they are in the documents that a change does not name', async () => {
    const id = await adopted();
    const before = await documents(id);

    expect((await api.patch(`/deals/${id}`, { broker: { name: 'Bo' } })).status).toBe(200);

    expect(await documents(id)).toEqual({ ...before, broker: '{"name": "Bo", "quality_rating": "MEDIUM"}' });
  });

  it('are answered as they are stored, alone and in lists', async () => {
    const id = await adopted();

    for (const { text } of [await api.get(`/deals/${id}`), await api.get('/deals')]) {
      expect(text).toContain(`"metadata":{"big":${BIG},"fine":[${FINE}],"plain":1.5}`);
      expect(text).toContain(`"email_thread_ids":[{"big":${BIG},"fine":[${FINE}],"plain":1.5}]`);
    }
  });

  it('are in the event, the activity and the audit log of their end as they were, and so are these answered', async () => {
    const id = await adopted();

    expect((await api.patch(`/deals/${id}`, { identifiers: { axial_id: 'A-1' } })).status).toBe(200);

    const old = `{"big":${BIG},"fine":[${FINE}],"plain":1.5}`;
    const activity = await waitFor('the activity', async () => {
      const { text } = await api.get(`/deals/${id}/events`);
      return text.includes('deal.updated') ? text : undefined;
    });
    expect(activity).toContain(`"old_value":${old}`);
    expect((await api.get(`/events/recent`)).text).toContain(`"old_value":${old}`);
    expect((await api.get(`/admin/audit?resource_id=${id}&action=deal.updated`)).text).toContain(`"before":{"identifiers":${old}}`);
    expect(
      await api.database.query(
        `SELECT e.data #>> '{changes,0,old_value,big}' AS event, l.before #>> '{identifiers,fine,0}' AS audit
           FROM zakops.events e JOIN zakops.audit_log l USING (id)
          WHERE e.aggregate_id = $1 AND e.type = 'deal.updated'`,
        [id],
      ),
    ).toEqual([{ event: BIG, audit: FINE }]);
  });

  it('are answered alike when a call is repeated with its key', async () => {
    const id = await adopted();
    const headers = { 'idempotency-key': randomUUID() };

    const first = await api.patch(`/deals/${id}`, { display_name: 'Acme' }, headers);
    const second = await api.patch(`/deals/${id}`, { display_name: 'Acme' }, headers);

    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.text).toBe(first.text);
    expect(first.text).toContain(BIG);
  });

  it.each([BIG, FINE, '1e-400', '9007199254740993'])('are refused in a body, where they are named: %s', async (number) => {
    const id = await api.open();

    const answer = await api.patch(`/deals/${id}`, `{"metadata":{"employees":${number}},"display_name":"Acme"}`);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer: '/metadata/employees', code: 'INEXACT_NUMBER' }] });
    expect((await api.get(`/deals/${id}`)).body).toMatchObject({ display_name: null, metadata: {} });
  });
});
