import { DEAL_STAGES } from '#zakops/contracts';
import { DealsApi } from './deals-api.js';
import type { DealsAnswer } from './deals-api.js';

function ids(answer: DealsAnswer): string[] {
  return (answer.body as { deal_id: string }[]).map((deal) => deal.deal_id);
}

describe('the list of deals over HTTP', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  beforeEach(async () => {
    await api.database.query('TRUNCATE zakops.deals CASCADE');
  });

  afterAll(async () => {
    await api.stop();
  });

  it('is followed by its links, also while deals are being opened, and shows each earlier deal once', async () => {
    const earlier = await Promise.all(Array.from({ length: 23 }, () => api.open()));
    const seen: string[] = [];
    const opening: Promise<string>[] = [];

    for (let next: string | null = '/api/deals?limit=4&search=acme'; next !== null;) {
      opening.push(api.open(), api.open());
      const page = await api.get(next);
      expect(page.status).toBe(200);
      seen.push(...ids(page));
      const link = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? null;
      expect(link === null).toBe(page.headers.get('x-next-cursor') === null);
      if (link !== null) expect(new URL(link, 'http://x').searchParams.get('cursor')).toBe(page.headers.get('x-next-cursor'));
      next = link;
    }
    await Promise.all(opening);

    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => earlier.includes(id)).sort()).toEqual([...earlier].sort());
  });

  it('is followed by its links while deals change, and misses none', async () => {
    const opened: string[] = [];
    for (let n = 0; n < 7; n += 1) opened.push(await api.open({ canonical_name: 'walked' }));
    const seen: string[] = [];
    for (let next: string | undefined = '/api/deals?limit=2&search=walked'; next !== undefined;) {
      const page = await api.get(next);
      expect(page.status).toBe(200);
      seen.push(...ids(page));
      next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
      // The one that would come last, and one that was shown.
      if (seen.length === 2) for (const id of [opened[0], seen[0]]) await api.patch(`/deals/${String(id)}`, { display_name: 'changed' });
    }

    expect(seen.slice(-2)).toEqual([opened[0], opened[6]]);
    expect(seen).toHaveLength(8);
    expect(new Set(seen)).toEqual(new Set(opened));
  });

  it('takes limit and offset as the original did, newest change first', async () => {
    const [a, b, c] = [await api.open(), await api.open(), await api.open()];
    await api.patch(`/deals/${a}`, { display_name: 'changed' });

    expect(ids(await api.get('/deals'))).toEqual([a, c, b]);
    expect(ids(await api.get('/deals?limit=1&offset=1'))).toEqual([c]);
  });

  it('hides what is not active unless asked, and filters by stage', async () => {
    const junk = await api.open({ status: 'junk' });
    const closing = await api.open({ stage: 'closing' });
    await api.open();

    expect(ids(await api.get('/deals?status=junk'))).toEqual([junk]);
    expect(ids(await api.get('/deals?stage=closing'))).toEqual([closing]);
  });

  it('takes every character of a search literally', async () => {
    const odd = await api.open({ canonical_name: '100%_a\\b' });
    await api.open({ display_name: 'Acme' });

    for (const [search, found] of [
      ['%', [odd]],
      ['_A', [odd]],
      ['\\', [odd]],
      ["' OR '1'='1", []],
      ["'); DROP TABLE zakops.deals; --", []],
    ] as const) {
      const answer = await api.get(`/deals?search=${encodeURIComponent(search)}`);
      expect(answer.status).toBe(200);
      expect(ids(answer)).toEqual(found);
    }
  });

  it('refuses a tampered cursor, and one of other filters', async () => {
    await api.open();
    await api.open();
    const cursor = (await api.get('/deals?limit=1')).headers.get('x-next-cursor') ?? '';
    expect(cursor).not.toBe('');

    const flipped = (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1);
    for (const query of [`cursor=${flipped}`, 'cursor=x', 'cursor=', `stage=inbound&cursor=${cursor}`]) {
      const { status, body } = await api.get(`/deals?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer: 'cursor' }] });
    }
    expect((await api.get(`/deals?limit=1&cursor=${cursor}`)).status).toBe(200);
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=10000',
    'limit=x',
    'limit=1.5',
    'offset=-1',
    'status=nope',
    'search=',
    'stage=',
    'stage=nope',
    'unknown=1',
    'limit=1&limit=2',
  ])('answers ?%s with 400', async (query) => {
    const { status, body } = await api.get(`/deals?${query}`);

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer: query.split('=')[0] }] });
  });

  it('names the stages there are when it refuses one', async () => {
    const { body } = await api.get('/deals?stage=nope');
    const [fault] = (body as { errors: readonly { detail: string }[] }).errors;
    for (const stage of DEAL_STAGES) expect(fault?.detail).toContain(stage);
  });

  it.each(['deal_id', 'created_at'] as const)('walks by %s past deals that change meanwhile, and misses none', async (sort) => {
    const broker = { name: `walk by ${sort}` };
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1) ids.push(await api.open({ broker }));
    const walked: string[] = [];
    for (let path: string | undefined = `/deals?sort=${sort}&limit=2&broker=${broker.name}`; path !== undefined;) {
      const { body, headers } = await api.get(path);
      walked.push(...(body as { deal_id: string }[]).map(({ deal_id: id }) => id));
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      for (const id of ids) await api.patch(`/deals/${id}`, { display_name: `changed ${String(walked.length)}` });
    }
    expect(walked).toEqual(sort === 'deal_id' ? ids : [...ids].reverse());
    expect(await api.get('/deals?sort=nope')).toMatchObject({ status: 400, body: { errors: [{ pointer: 'sort', code: 'NOT_ALLOWED' }] } });
  });
});
