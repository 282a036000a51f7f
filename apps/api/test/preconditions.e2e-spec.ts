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

  it('holds for every PATCH of the application', async () => {
    const { paths } = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
      paths: Record<string, { patch?: { parameters: { name: string; in: string }[]; responses: object } }>;
    };
    const patches = Object.entries(paths).flatMap(([path, { patch }]) => (patch === undefined ? [] : [{ path, patch }]));

    expect(patches.length).toBeGreaterThan(0);
    for (const { path, patch } of patches) {
      const header = patch.parameters.some(({ name, in: place }) => place === 'header' && name === 'If-Match');
      expect({ path, header, responses: Object.keys(patch.responses) }).toEqual({
        path,
        header: true,
        responses: expect.arrayContaining(['412', '428']) as string[],
      });
    }
  });
});
