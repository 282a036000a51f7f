import { DealsApi } from './deals-api.js';

interface AuditRow {
  readonly action: string;
  readonly resource_id: string;
  readonly actor_id: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly details: Readonly<Record<string, unknown>>;
  readonly method: string;
  readonly path: string;
  readonly address: string;
  readonly trace_id: string;
}

describe('the audit log of deals', () => {
  let api: DealsApi;

  beforeEach(async () => {
    api = await DealsApi.start();
  });

  afterEach(() => api.stop());

  const entries = (): Promise<AuditRow[]> =>
    api.database.query<AuditRow & Record<string, unknown>>(
      `SELECT action, resource_id, actor_id, before, after, details, method, path, address, trace_id FROM zakops.audit_log ORDER BY id`,
    );

  it('has one entry for every write: who, from where, what it was before and is now', async () => {
    const opened = await api.post('/deals', {
      canonical_name: 'acme-plumbing',
      metadata: { asking_price: { amount: '1.00', currency: 'USD' } },
    });
    const { deal_id: id } = opened.body as { deal_id: string };
    await api.patch(`/deals/${id}`, { display_name: 'Acme' });
    await api.post(`/deals/${id}/transition?transitioned_by=somebody-else`, { new_stage: 'initial_review', reason: 'fits' });
    const alias = { alias: 'BBS-1', alias_type: 'listing_id', confidence: 1 };
    const { body: added } = await api.post(`/deals/${id}/aliases`, alias);
    const { id: aliasId } = added as { id: string };
    await api.call('DELETE', `/deals/${id}/aliases/${aliasId}`);

    const [created, updated, moved, aliasAdded, aliasRemoved, ...more] = await entries();
    expect(more).toEqual([]);
    expect(created).toMatchObject({
      action: 'deal.created',
      resource_id: id,
      actor_id: 'dev@zakops.local',
      before: null,
      after: { canonical_name: 'acme-plumbing', stage: 'inbound', status: 'active', display_name: null },
      method: 'POST',
      path: '/api/deals',
      address: expect.stringMatching(/127\.0\.0\.1$/),
      trace_id: opened.headers.get('x-trace-id'),
    });
    expect((created?.after as { metadata: unknown }).metadata).toEqual({
      priority: 'MEDIUM',
      asking_price: { amount: '1.00', currency: 'USD' },
    });
    expect(updated).toMatchObject({ action: 'deal.updated', before: { display_name: null }, after: { display_name: 'Acme' } });
    expect(moved).toMatchObject({
      action: 'deal.stage_changed',
      actor_id: 'dev@zakops.local',
      before: { stage: 'inbound' },
      after: { stage: 'initial_review', reason: 'fits' },
      details: { version: 3, on_behalf_note: 'somebody-else' },
    });
    expect(aliasAdded).toMatchObject({ action: 'deal.alias_added', before: null, after: { alias_id: aliasId, alias: 'BBS-1' } });
    expect(aliasRemoved).toMatchObject({
      action: 'deal.alias_removed',
      before: { alias_id: aliasId, alias: 'BBS-1' },
      after: null,
      method: 'DELETE',
    });
  });

  it('leads to the event that tells the same, by its id and in what is answered', async () => {
    const id = await api.open();
    const [event] = await api.database.query<{ id: string }>('SELECT id FROM zakops.events');

    const { body } = await api.get(`/admin/audit?resource_id=${id}`);
    const [entry] = (body as { entries: { id: string }[] }).entries;
    expect(entry).toMatchObject({ id: event?.id, details: { version: 1, event_id: event?.id } });
    // Also when retention has removed the event.
    await api.database.query('DELETE FROM zakops.events');
    expect((await api.get(`/admin/audit/${event?.id ?? ''}`)).body).toMatchObject({ details: { event_id: event?.id } });
  });

  it('has none for what changed nothing or was refused', async () => {
    const id = await api.open();
    await api.patch(`/deals/${id}`, { canonical_name: 'acme-plumbing' });
    await api.patch(`/deals/${id}`, { display_name: 'x' }, { 'if-match': '"9"' });
    await api.post(`/deals/${id}/transition`, { new_stage: 'inbound' });
    await api.post(`/deals/${id}/transition`, { new_stage: 'closed_won' });
    await api.post('/deals', { canonical_name: '' });
    expect((await entries()).map(({ action }) => action)).toEqual(['deal.created']);
  });
});
