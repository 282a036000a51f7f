import { DealsApi } from '../../../libs/deals/test/deals-api.js';

const KIB = 1_024;

const texts = (count: number): string[] => Array.from({ length: count }, () => 'x'.repeat(KIB));

describe('the largest event', () => {
  let api: DealsApi;

  beforeEach(async () => {
    api = await DealsApi.start();
  });

  afterEach(async () => {
    await api.stop();
  });

  const rows = async (): Promise<unknown> => {
    const tables = ['deals', 'events', 'audit_log', 'idempotency_keys'];
    const counts = await Promise.all(tables.map((table) => api.database.query(`SELECT count(*)::int AS n FROM zakops.${table}`)));
    return counts.map(([row]) => row?.['n'] as number);
  };
  it.each([
    ['with a key', { 'idempotency-key': 'k-1' }],
    ['without a key', {}],
  ])('refuses a change that is larger, before anything is written, %s', async (_how, headers) => {
    const id = await api.open();
    const before = await rows();
    const refused = await api.patch(`/deals/${id}`, { identifiers: { listing_ids: texts(1_000) } }, headers);
    expect(refused.status).toBe(413);
    expect(refused.body).toMatchObject({ code: 'EVENT_TOO_LARGE', type: '/problems/event-too-large', limit_bytes: 256 * KIB });
    expect((refused.body as { size_bytes: number }).size_bytes).toBeGreaterThan(1_000 * KIB);
    expect(await rows()).toEqual(before);
    // The key is as free as before.
    expect((await api.patch(`/deals/${id}`, { display_name: 'small' }, headers)).status).toBe(200);
  });

  it('refuses a new deal whose fields could not be changed later', async () => {
    const before = await rows();
    const refused = await api.post('/deals', { canonical_name: 'acme', identifiers: { listing_ids: texts(300) } });
    expect([refused.status, refused.body]).toEqual([413, expect.objectContaining({ code: 'EVENT_TOO_LARGE' })]);
    expect(await rows()).toEqual(before);
    const id = await api.open({ identifiers: { listing_ids: texts(250) } });
    expect((await api.patch(`/deals/${id}`, { identifiers: {} })).status).toBe(200);
  });
});

describe('EVENT_MAX_BYTES', () => {
  it('sets another limit', async () => {
    const api = await DealsApi.start({ EVENT_MAX_BYTES: '1024' });
    const id = await api.open();
    const refused = await api.patch(`/deals/${id}`, { identifiers: { listing_ids: texts(1) } });
    expect([refused.status, refused.body]).toEqual([413, expect.objectContaining({ limit_bytes: 1_024 })]);
    await api.stop();
  });
});
