import { DealsApi } from './deals-api.js';

function deep(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

describe('bad input for deals', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(async () => {
    await api.stop();
  });

  it.each([
    ['no name', {}, '/canonical_name'],
    ['a blank name', { canonical_name: '  ' }, '/canonical_name'],
    ['a name of 201 characters', { canonical_name: 'x'.repeat(201) }, '/canonical_name'],
    ['a name that is a number', { canonical_name: 7 }, '/canonical_name'],
    ['an unknown field', { canonical_name: 'x', stagee: 'inbound' }, '/stagee'],
    ['an unknown field inside', { canonical_name: 'x', company_info: { location: { planet: 'Mars' } } }, '/company_info/location/planet'],
    ['an unknown stage', { canonical_name: 'x', stage: 'screening' }, '/stage'],
    ['an unknown status', { canonical_name: 'x', status: 'ACTIVE' }, '/status'],
    ['an array for an object', { canonical_name: 'x', broker: [] }, '/broker'],
    ['money as a number', { canonical_name: 'x', metadata: { asking_price: 1250000.5 } }, '/metadata/asking_price'],
    [
      'an amount as a number',
      { canonical_name: 'x', metadata: { asking_price: { amount: 1.5, currency: 'USD' } } },
      '/metadata/asking_price/amount',
    ],
    [
      'an amount with an exponent',
      { canonical_name: 'x', metadata: { revenue: { amount: '1e6', currency: 'USD' } } },
      '/metadata/revenue/amount',
    ],
    [
      'a negative price',
      { canonical_name: 'x', metadata: { asking_price: { amount: '-1', currency: 'USD' } } },
      '/metadata/asking_price/amount',
    ],
    ['money without a currency', { canonical_name: 'x', metadata: { ebitda: { amount: '1' } } }, '/metadata/ebitda/currency'],
    [
      'a date in the year 275760',
      { canonical_name: 'x', metadata: { archived_at: '+275760-09-13T00:00:00.000Z' } },
      '/metadata/archived_at',
    ],
    ['the 30th of February', { canonical_name: 'x', metadata: { archived_at: '2026-02-30T00:00:00Z' } }, '/metadata/archived_at'],
    ['a NUL character', { canonical_name: 'a\0b' }, '/canonical_name'],
    ['a NUL character inside', { canonical_name: 'x', identifiers: { listing_ids: ['\0'] } }, '/identifiers/listing_ids/0'],
    ['half of a surrogate pair', '{"canonical_name":"\\ud800"}', '/canonical_name'],
  ])('answers %s with 400 and points at it', async (_, body, pointer) => {
    const answer = await api.post('/deals', body);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer }] });
  });

  it('answers an object of 300 levels with 400', async () => {
    const { status, body } = await api.post('/deals', `{"canonical_name":"x","metadata":${deep(300)}}`);

    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'VALIDATION_ERROR',
      errors: expect.arrayContaining([expect.objectContaining({ code: 'TOO_DEEP' })]) as unknown,
    });
  });

  it.each(['DEAL-1', 'DEAL-00001', 'deal-000001', 'DEAL-000001x', 'DEAL-2024-001', '%27%3B--', 'DEAL-0000000000000000000001'])(
    'answers the id %s with 400 on every path',
    async (id) => {
      for (const answer of [
        await api.get(`/deals/${id}`),
        await api.get(`/deals/${id}/events`),
        await api.patch(`/deals/${id}`, { display_name: 'x' }),
        await api.post(`/deals/${id}/transition`, { new_stage: 'closing' }),
      ]) {
        expect(answer.status).toBe(400);
        expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer: 'id' }] });
      }
    },
  );

  it('answers an update of nothing, and a name that is null, with 400', async () => {
    const id = await api.open();

    expect((await api.patch(`/deals/${id}`, {})).status).toBe(400);
    expect((await api.patch(`/deals/${id}`, { canonical_name: null })).status).toBe(400);
  });

  it.each([
    [{}, '/new_stage'],
    [{ new_stage: null }, '/new_stage'],
    [{ new_stage: '' }, '/new_stage'],
    [{ new_stage: 'closing', reason: 'x'.repeat(2_001) }, '/reason'],
    [{ new_stage: 'closing', idempotency_key: '' }, '/idempotency_key'],
    [{ new_stage: 'closing', force: true }, '/force'],
  ])('answers the move %j with 400', async (body, pointer) => {
    const answer = await api.post(`/deals/${await api.open()}/transition`, body);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer }] });
  });

  it.each([
    [{ alias: 'x' }, '/alias_type'],
    [{ alias: '', alias_type: 'dba_name' }, '/alias'],
    [{ alias: 'x', alias_type: 'nickname' }, '/alias_type'],
    [{ alias: 'x', alias_type: 'dba_name', confidence: 1.1 }, '/confidence'],
    [{ alias: 'x', alias_type: 'dba_name', confidence: '1' }, '/confidence'],
  ])('answers the alias %j with 400', async (body, pointer) => {
    const answer = await api.post(`/deals/${await api.open()}/aliases`, body);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer }] });
  });
});
