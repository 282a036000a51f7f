import { DealsApi } from '../../../libs/deals/test/deals-api.js';

describe('REQUIRE_IF_MATCH', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start({ REQUIRE_IF_MATCH: 'true' });
  });

  afterAll(async () => {
    await api.stop();
  });

  it('refuses a change that does not say which version it is based on', async () => {
    const id = await api.open();

    const blind = await api.patch(`/deals/${id}`, { display_name: 'x' });
    expect(blind.status).toBe(428);
    expect(blind.body).toMatchObject({ code: 'PRECONDITION_REQUIRED', title: 'Precondition required' });
    expect((await api.patch(`/deals/${id}`, { display_name: 'x' }, { 'if-match': '"1"' })).status).toBe(200);
    expect((await api.patch(`/deals/${id}`, { display_name: 'y' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await api.patch(`/deals/${id}`, { display_name: 'z' }, { 'if-match': '*' })).status).toBe(200);
  });

  it('leaves moves as they are: of two at the same moment one wins anyway', async () => {
    const id = await api.open();
    expect((await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review' })).status).toBe(200);
  });

  it('judges the version of decisions and of other changes when it is given, and asks for none', async () => {
    const id = await api.open();
    const { body } = await api.post('/quarantine', { message_id: '<decided>' });
    const item = `/quarantine/${String((body as Json)['id'])}`;

    expect((await api.post(`/deals/${id}/archive`, {}, { 'if-match': '"9"' })).status).toBe(412);
    expect((await api.post(`/deals/${id}/archive`, {})).status).toBe(200);
    expect((await api.post(`${item}/reject`, {}, { 'if-match': '"9"' })).status).toBe(412);
    expect((await api.post(`${item}/reject`, {})).status).toBe(200);
  });

  it('holds for every PATCH of the application', async () => {
    const { paths } = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
      paths: Record<string, { patch?: { parameters: { name: string; in: string }[]; responses: object } }>;
    };
    const patches = Object.entries(paths).flatMap(([path, { patch }]) => (patch === undefined ? [] : [{ path, patch }]));
    const known = await things();

    expect(patches.map(({ path }) => path).sort()).toEqual(Object.keys(known).sort());
    for (const { path, patch } of patches) {
      const header = patch.parameters.some(({ name, in: place }) => place === 'header' && name === 'If-Match');
      expect({ path, header, responses: Object.keys(patch.responses) }).toEqual({
        path,
        header: true,
        responses: expect.arrayContaining(['412', '428']) as string[],
      });
      const { at, body, tag } = known[path] ?? { at: '', body: {}, tag: '' };
      const change = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
        const answer = await api.patch(at, body, headers);
        return [path, answer.status, (answer.body as Json)['code']];
      };
      expect(await change({})).toEqual([path, 428, 'PRECONDITION_REQUIRED']);
      expect(await change({ 'if-match': '"9"' })).toEqual([path, 412, 'PRECONDITION_FAILED']);
      expect(await change({ 'if-match': tag })).toEqual([path, 200, undefined]);
      expect(await change({ 'if-match': tag })).toEqual([path, 412, 'PRECONDITION_FAILED']);
    }
  });

  /** Something that each PATCH can change, with the tag that it has. */
  async function things(): Promise<Readonly<Record<string, Thing>>> {
    const [deal, other] = [`/deals/${await api.open()}`, `/deals/${await api.open()}`];
    const made = async (path: string, body: Json, at: string, id: string, change: Json): Promise<Thing> => {
      const answer = await api.post(path, body);
      const thing = `${at}/${encodeURIComponent(String((answer.body as Json)[id]))}`;
      return { at: thing, body: change, tag: String((await api.get(thing)).headers.get('etag')) };
    };
    const guard = await api.post('/admin/deal-guards', { to_stage: 'closing', rule: 'nda_signed', message: 'Sign.', enabled: false });
    await api.post('/quarantine', { message_id: '<sent>', sender: 'bo@example.com' });
    return {
      '/api/deals/{id}': { at: other, body: { display_name: 'x' }, tag: String((await api.get(other)).headers.get('etag')) },
      '/api/deals/{id}/notes/{note_id}': await made(`${deal}/note`, { content: 'x' }, `${deal}/notes`, 'id', { category: 'call' }),
      '/api/deals/{id}/contacts/{contact_id}': await made(`${deal}/contacts`, { name: 'x' }, `${deal}/contacts`, 'id', { phone: '1' }),
      '/api/admin/deal-guards/{id}': {
        at: `/admin/deal-guards/${String((guard.body as Json)['id'])}`,
        body: { message: 'Sign it.' },
        tag: String(guard.headers.get('etag')),
      },
      '/api/admin/operators/{id}': await made(
        '/admin/operators',
        { email: 'ann@example.com', name: 'Ann', role: 'viewer' },
        '/admin/operators',
        'id',
        { name: 'Anna' },
      ),
      '/api/senders/{email}': {
        at: '/senders/bo@example.com',
        body: { role: 'partner' },
        tag: String((await api.get('/senders/bo@example.com')).headers.get('etag')),
      },
    };
  }
});

type Json = Readonly<Record<string, unknown>>;

/** Something that a PATCH changes. */
interface Thing {
  readonly at: string;
  readonly body: Json;
  readonly tag: string;
}
