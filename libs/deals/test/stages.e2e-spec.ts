import { waitFor } from '#zakops/testing';
import { DealsApi } from './deals-api.js';

const STAGES = [
  'inbound',
  'initial_review',
  'due_diligence',
  'negotiation',
  'documentation',
  'closing',
  'closed_won',
  'closed_lost',
  'archived',
];

describe('stages over HTTP', () => {
  let api: DealsApi;

  beforeEach(async () => {
    api = await DealsApi.start();
  });

  afterEach(async () => {
    await api.stop();
  });

  const move = (
    id: string,
    newStage: string,
    headers?: Record<string, string>,
    more: Record<string, unknown> = {},
  ): ReturnType<DealsApi['post']> => api.post(`/deals/${id}/transition`, { new_stage: newStage, ...more }, headers);

  it('walks a deal from the first mail to the archive and remembers the way', async () => {
    const id = await api.open();
    const way = STAGES.filter((stage) => stage !== 'closed_lost');

    for (const [n, stage] of way.slice(1).entries()) {
      expect((await api.get(`/deals/${id}/valid-transitions`)).body).toMatchObject({
        deal_id: id,
        current_stage: way[n],
        valid_transitions: expect.arrayContaining([stage]) as string[],
      });
      const { status, body } = await move(id, stage, undefined, { reason: `to ${stage}` });
      expect(status).toBe(200);
      expect(body).toEqual({
        deal_id: id,
        from_stage: way[n],
        to_stage: stage,
        success: true,
        timestamp: expect.stringMatching(/Z$/) as string,
        idempotent_hit: false,
      });
    }

    expect((await api.get(`/deals/${id}/valid-transitions`)).body).toEqual({
      deal_id: id,
      current_stage: 'archived',
      valid_transitions: [],
    });
    const { body } = await api.get(`/deals/${id}/stage-history`);
    expect(body).toEqual({
      deal_id: id,
      history: way.slice(1).map((stage, n) => ({
        from_stage: way[n],
        to_stage: stage,
        transitioned_by: 'dev@zakops.local',
        reason: `to ${stage}`,
        timestamp: expect.stringMatching(/Z$/) as string,
      })),
    });
    const first = await api.get(`/deals/${id}/stage-history?limit=5`);
    const rest = await api.get(`/deals/${id}/stage-history?limit=5&cursor=${first.headers.get('x-next-cursor') ?? ''}`);
    const pages = [first, rest].map((page) => (page.body as { history: unknown[] }).history);
    expect(pages.flat()).toEqual((body as { history: unknown[] }).history);
  });

  it('answers an illegal and an unknown stage with 422 and the legal ones', async () => {
    const id = await api.open();

    for (const stage of ['closing', 'screening', "'; DROP TABLE zakops.deals; --"]) {
      const { status, body } = await move(id, stage);
      expect(status).toBe(422);
      expect(body).toMatchObject({
        code: 'INVALID_STAGE_TRANSITION',
        current_stage: 'inbound',
        requested_stage: stage,
        allowed_stages: ['initial_review', 'closed_lost', 'archived'],
      });
    }
  });

  it('repairs a stage that is none of the nine', async () => {
    const id = await api.open();
    await api.database.query(`UPDATE zakops.deals SET stage = 'screening' WHERE deal_id = $1`, [id]);

    expect((await api.get(`/deals/${id}`)).body).toMatchObject({ stage: 'screening' });
    expect((await api.get(`/deals/${id}/valid-transitions`)).body).toEqual({
      deal_id: id,
      current_stage: 'screening',
      valid_transitions: STAGES.slice(0, 6),
    });
    expect((await move(id, 'closed_won')).status).toBe(422);
    expect((await move(id, 'initial_review')).body).toMatchObject({ from_stage: 'screening', to_stage: 'initial_review', success: true });
  });

  it('answers a repeated key in the body as a move that was made, and refuses it for another stage', async () => {
    const id = await api.open();
    const first = await move(id, 'initial_review', undefined, { idempotency_key: 'k1' });
    await move(id, 'due_diligence');

    const again = await move(id, 'initial_review', undefined, { idempotency_key: 'k1' });

    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, null]);
    expect(again.body).toEqual({ ...(first.body as object), idempotent_hit: true });
    const misused = await move(id, 'negotiation', undefined, { idempotency_key: 'k1' });
    expect(misused.status).toBe(422);
    expect(misused.body).toMatchObject({ code: 'RULE_BROKEN', first_stage: 'initial_review', requested_stage: 'negotiation' });
    expect((await move(id, 'negotiation', undefined, { idempotency_key: 'x'.repeat(65) })).status).toBe(400);
  });

  it('answers a repeated key in a header exactly as before', async () => {
    const id = await api.open();
    const first = await move(id, 'initial_review', { 'idempotency-key': 'k1' });
    await move(id, 'due_diligence');

    const again = await move(id, 'initial_review', { 'idempotency-key': 'k1' });

    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([200, first.text, 'true']);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect((await move(id, 'negotiation', { 'idempotency-key': 'k1' })).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('writes who is logged in, not who the query names', async () => {
    const id = await api.open();
    await api.post(`/deals/${id}/transition?transitioned_by=mallory`, { new_stage: 'initial_review' });

    expect((await api.get(`/deals/${id}/stage-history`)).body).toMatchObject({ history: [{ transitioned_by: 'dev@zakops.local' }] });
  });

  it('honours If-Match on a move', async () => {
    const id = await api.open();

    expect((await move(id, 'initial_review', { 'if-match': '"9"' })).status).toBe(412);
    const moved = await move(id, 'initial_review', { 'if-match': '"1"' });
    expect([moved.status, moved.headers.get('etag')]).toEqual([200, expect.stringMatching(/^"2-/)]);
    expect((await api.get(`/deals/${id}`)).headers.get('etag')).toMatch(/^"2-/);
    // A move that changes nothing answers the version as it is.
    expect((await move(id, 'initial_review')).headers.get('etag')).toMatch(/^"2-/);
  });

  it('answers 19 of 20 concurrent moves with 409', async () => {
    const id = await api.open();
    const holder = await api.database.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM zakops.deals WHERE deal_id = $1 FOR UPDATE', [id]);
    const moves = Array.from({ length: 20 }, (_, n) => move(id, ['initial_review', 'closed_lost', 'archived'][n % 3] ?? 'archived'));
    await waitFor('all to wait for the row', async () => {
      const [row] = await api.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.n === 20;
    });
    await holder.query('COMMIT');

    const answers = await Promise.all(moves);

    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(19).fill(409)]);
    for (const { body } of answers.filter((answer) => answer.status === 409)) expect(body).toMatchObject({ code: 'CONFLICT' });
    expect((await api.get(`/deals/${id}/stage-history`)).body).toMatchObject({ history: [{ from_stage: 'inbound' }] });
    expect(await api.database.query(`SELECT 1 FROM zakops.events WHERE type = 'deal.stage_changed'`)).toHaveLength(1);
  });

  it('counts deals by stage', async () => {
    await api.open();
    await api.open({ stage: 'closing' });
    await api.open({ status: 'junk' });

    expect((await api.get('/deals/stages/summary')).body).toEqual({
      stages: { ...Object.fromEntries(STAGES.map((stage) => [stage, 0])), inbound: 1, closing: 1 },
      available_stages: STAGES,
    });
    expect((await api.get('/pipeline/summary')).body).toEqual([
      { stage: 'inbound', count: 1, avg_days_in_stage: 0 },
      { stage: 'closing', count: 1, avg_days_in_stage: 0 },
    ]);
    expect((await api.get('/pipeline/stats')).body).toMatchObject({
      total_active_deals: 2,
      pending_actions: 0,
      quarantine_pending: 0,
      deals_by_stage: { inbound: 1, closing: 1, archived: 0 },
    });
  });
});
