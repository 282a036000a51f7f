import { DealsApi } from '../../../libs/deals/test/deals-api.js';
import type { DealsAnswer } from '../../../libs/deals/test/deals-api.js';

const tagOf = ({ headers }: DealsAnswer): string => headers.get('etag') ?? '';

describe('validators', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(async () => {
    await api.stop();
  });

  const known = (path: string, tag: string, headers: Readonly<Record<string, string>> = {}): Promise<DealsAnswer> =>
    api.get(path, { 'if-none-match': tag, ...headers });

  it('answer 304 only while the whole body is the same, also where no version moved', async () => {
    const path = `/deals/${await api.open()}`;
    const before = await api.get(path);
    expect(before.body).toMatchObject({ days_since_update: 0 });
    expect((await known(path, tagOf(before))).status).toBe(304);
    await api.database.query(`UPDATE zakops.deals SET updated_at = updated_at - interval '3 days'`);

    const after = await known(path, tagOf(before));

    expect([after.status, tagOf(after) === tagOf(before)]).toEqual([200, false]);
    expect(after.body).toMatchObject({ days_since_update: 3 });
  });

  it('let an edit pass that was built on the version, whatever else of the body has moved since', async () => {
    const path = `/deals/${await api.open()}`;
    const read = tagOf(await api.get(path));
    await api.database.query(`UPDATE zakops.deals SET updated_at = updated_at - interval '3 days'`);

    expect((await api.patch(path, { display_name: 'a' }, { 'if-match': read })).status).toBe(200);
    expect((await api.patch(path, { display_name: 'b' }, { 'if-match': read })).status).toBe(412);
    // As clients of before sent it.
    expect((await api.patch(path, { display_name: 'c' }, { 'if-match': '"2"' })).status).toBe(200);
    expect((await api.patch(path, { display_name: 'd' }, { 'if-match': `W/${tagOf(await api.get(path))}` })).status).toBe(412);
  });

  it('of a change are those of reading its outcome, also when a key repeats the answer', async () => {
    const key = { 'idempotency-key': 'open' };
    const opened = await api.post('/deals', { canonical_name: 'x' }, key);
    const path = opened.headers.get('location') ?? '';
    expect((await known(path, tagOf(opened))).status).toBe(304);
    expect(tagOf(await api.post('/deals', { canonical_name: 'x' }, key))).toBe(tagOf(opened));

    const changed = await api.patch(path, { display_name: 'y' });
    expect((await known(path, tagOf(opened))).status).toBe(200);
    expect((await known(path, tagOf(changed))).status).toBe(304);
    const alias = await api.post(`${path}/aliases`, { alias: 'Acme LLC', alias_type: 'dba_name' });
    const ofAlias = alias.headers.get('location') ?? '';
    expect((await known(ofAlias, tagOf(alias))).status).toBe(304);
    const moved = await api.post(`${path}/transition`, { new_stage: 'initial_review' }, { 'if-match': tagOf(alias) });
    expect(moved.status).toBe(200);
    expect((await api.call('DELETE', ofAlias, undefined, { 'if-match': tagOf(alias) })).status).toBe(412);
    const removed = await api.call('DELETE', ofAlias, undefined, { 'if-match': tagOf(await api.get(ofAlias)) });
    expect([removed.status, tagOf(removed)]).toEqual([204, '"5"']);
  });

  it('of a list cover its page and whether another follows', async () => {
    const path = `/deals/${await api.open()}/aliases`;
    const add = (alias: string, confidence: number): Promise<DealsAnswer> => api.post(path, { alias, alias_type: 'dba_name', confidence });
    await add('first', 0.9);
    const page = `${path}?limit=1`;
    const alone = await api.get(page);
    expect((await known(page, tagOf(alone))).status).toBe(304);

    await add('second', 0.1);

    const followed = await known(page, tagOf(alone));
    expect([followed.status, followed.text, followed.headers.has('link')]).toEqual([200, alone.text, true]);
    const kept = await known(page, tagOf(followed));
    expect([kept.status, kept.text, tagOf(kept), kept.headers.get('link')]).toEqual([
      304,
      '',
      tagOf(followed),
      followed.headers.get('link'),
    ]);
  });

  it.each([
    ['a list with a comma inside of a tag', (tag: string) => ({ 'if-none-match': `"a,b" ,, ${tag}` }), 304],
    ['a weak tag', (tag: string) => ({ 'if-none-match': `W/${tag}` }), 304],
    ['every tag', () => ({ 'if-none-match': ' * ' }), 304],
    ['a request of a page, to which browsers add no-cache', (tag: string) => ({ 'if-none-match': tag, 'cache-control': 'no-cache' }), 304],
    ['other tags', () => ({ 'if-none-match': '"a", W/"b"' }), 200],
    ['the version alone', () => ({ 'if-none-match': '"1"' }), 200],
    ['what is no tag', () => ({ 'if-none-match': 'nonsense' }), 200],
    ['a time, because nothing says when it changed', () => ({ 'if-modified-since': 'Fri, 31 Dec 9999 23:59:59 GMT' }), 200],
    ['an If-Match that holds', (tag: string) => ({ 'if-match': tag }), 200],
    ['an If-Match that does not', () => ({ 'if-match': '"9-x"' }), 412],
  ])('take %s', async (_, headers: (tag: string) => Record<string, string>, status) => {
    const path = `/deals/${await api.open()}`;
    expect((await api.get(path, headers(tagOf(await api.get(path))))).status).toBe(status);
  });

  it.each([
    ['*', 412],
    ['"1"', 412],
    ['W/"1-x"', 412],
    ['"7", "a,b"', 200],
    ['nonsense', 412],
  ])('If-None-Match: %s of a change is answered with %d', async (tags, status) => {
    const condition = { 'if-none-match': tags };
    const path = `/deals/${await api.open()}`;
    expect((await api.patch(path, { display_name: 'x' }, condition)).status).toBe(status);
    expect((await api.post(`/deals/${await api.open()}/transition`, { new_stage: 'initial_review' }, condition)).status).toBe(status);
    expect((await api.patch('/deals/DEAL-999999', { display_name: 'x' }, condition)).status).toBe(404);
  });

  it('refuse a condition of a change that nobody can judge, and make nothing', async () => {
    const count = async (): Promise<unknown> => (await api.database.query('SELECT count(*) FROM zakops.deals'))[0];
    const before = await count();
    for (const condition of [{ 'if-match': '"1"' }, { 'if-match': 'nonsense' }, { 'if-none-match': '*' }]) {
      const refused = await api.post('/deals', { canonical_name: 'x' }, condition);
      expect([refused.status, refused.body]).toMatchObject([412, { code: 'PRECONDITION_FAILED' }]);
    }
    expect(await count()).toEqual(before);
    expect((await api.post('/deals', { canonical_name: 'x' }, { 'if-match': '*' })).status).toBe(201);
  });
});
