import { DealsApi } from '../../../libs/deals/test/deals-api.js';
import type { DealsAnswer } from '../../../libs/deals/test/deals-api.js';
import { writeTicket } from './tickets.builder.js';

const NFC = 'Caf\u00E9';
const NFD = 'Cafe\u0301';

describe('a text in two forms', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(() => api.stop());

  const addAlias = (deal: string, alias: string): Promise<DealsAnswer> =>
    api.post(`/deals/${deal}/aliases`, { alias, alias_type: 'company_name' });

  const found = async (search: string): Promise<string[]> => {
    const { status, body } = await api.get(`/deals?search=${encodeURIComponent(search)}`);
    expect(status).toBe(200);
    return (body as { deal_id: string }[]).map(({ deal_id }) => deal_id).sort();
  };

  it.each([
    [NFC, NFD],
    [NFD, NFC],
    ['straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['İzmir', 'IZMIR'],
    ['oﬃce', 'Office'],
    ['ＡＣＭＥ', 'acme'],
  ])('is one alias: %s and %s', async (one, other) => {
    const deal = await api.open();
    expect((await addAlias(deal, one)).status).toBe(201);
    const second = await addAlias(deal, other);
    expect([second.status, (second.body as { code: string }).code]).toEqual([409, 'CONFLICT']);
    const { body } = await api.get(`/deals/${deal}/aliases`);
    expect((body as { alias: string }[]).map(({ alias }) => alias)).toEqual([one.normalize('NFC')]);
  });

  it('is two aliases where accents differ', async () => {
    const deal = await api.open();
    expect([(await addAlias(deal, 'cafe')).status, (await addAlias(deal, 'café')).status]).toEqual([201, 201]);
  });

  it('is found by either, by either case, and in what was stored before', async () => {
    const composed = await api.open({ canonical_name: `Bar ${NFC}` });
    const decomposed = await api.open({ display_name: `Bar ${NFD}` });
    const before = await api.open();
    await api.database.query('UPDATE zakops.deals SET canonical_name = $2 WHERE deal_id = $1', [before, `bar ${NFD}`]);
    for (const search of [NFC, NFD]) {
      expect(await found(`ar ${search}`)).toEqual([composed, decomposed, before]);
      expect(await found(`AR ${search.toUpperCase()}`)).toEqual([composed, decomposed, before]);
    }
    expect(await found('ar Cafe')).toEqual([]);
  });

  it('has no special characters once it is folded', async () => {
    const odd = await api.open({ canonical_name: '50% a_b \\' });
    await api.open({ canonical_name: '50 axb' });
    // Of full width: they become those that LIKE knows.
    for (const search of ['％', '＿', '＼', '%', '_', '\\', 'ａ_Ｂ']) expect(await found(search)).toEqual([odd]);
  });

  it('counts as the same call with an idempotency key', async () => {
    const keyed = { 'idempotency-key': 'forms-1' };
    const [first, again] = [
      await api.post('/deals', { canonical_name: NFC }, keyed),
      await api.post('/deals', { canonical_name: NFD }, keyed),
    ];
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual(first.body);
  });

  it('is no change of a deal, and counts by its composed characters', async () => {
    const deal = await api.open({ canonical_name: NFC });
    const { headers } = await api.patch(`/deals/${deal}`, { canonical_name: NFD });
    expect(headers.get('etag')).toBe((await api.get(`/deals/${deal}`)).headers.get('etag'));
    expect(await api.database.query(`SELECT count(*)::int AS n FROM zakops.events WHERE aggregate_id = $1`, [deal])).toEqual([{ n: 1 }]);
    expect((await api.patch(`/deals/${deal}`, { canonical_name: 'e\u0301'.repeat(200) })).status).toBe(200);
    expect((await api.patch(`/deals/${deal}`, { canonical_name: 'e\u0301'.repeat(201) })).status).toBe(400);
  });

  it('is the caller in every case: only another name is noted beside a move', async () => {
    const deal = await api.open();
    for (const [name, stage] of [
      ['DEV@zakops.ｌｏｃａｌ', 'initial_review'],
      ['mallory', 'inbound'],
    ] as const) {
      const path = `/deals/${deal}/transition?transitioned_by=${encodeURIComponent(name)}`;
      expect((await api.post(path, { new_stage: stage })).status).toBe(200);
    }
    const notes = await api.database.query(
      `SELECT details ->> 'on_behalf_note' AS note FROM zakops.audit_log WHERE action = 'deal.stage_changed' AND resource_id = $1 ORDER BY id`,
      [deal],
    );
    expect(notes).toEqual([{ note: null }, { note: 'mallory' }]);
  });

  it('finds a dead letter by part of its error', async () => {
    await writeTicket(api.database, { status: 'dead', error: `100% of the ${NFD} is closed` });
    for (const [text, count] of [
      [`the ${NFC} IS`, 1],
      ['％ OF', 1],
      ['_ of', 0],
    ] as const) {
      const { status, body } = await api.get(`/admin/dlq?q=${encodeURIComponent(text)}`);
      expect([status, (body as { entries: unknown[] }).entries.length]).toEqual([200, count]);
    }
  });
});
