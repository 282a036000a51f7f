import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { DealsApi } from './deals-api.js';
import type { DealsAnswer } from './deals-api.js';

type Json = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;

describe('deals that take long', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(() => api.stop());

  const problem = ({ status, body }: DealsAnswer): unknown => [status, (body as { code: string }).code];
  const day = (offset: number): string => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
  /** Opens a deal that entered its stage some days ago. */
  async function open(days: number, fields: Json = {}): Promise<string> {
    const id = await api.open(fields);
    await api.database.query(
      `UPDATE zakops.deals SET stage_entered_at = now() - $2 * interval '1 day', created_at = now() - $2 * interval '1 day' WHERE deal_id = $1`,
      [id, days],
    );
    return id;
  }
  const alerts = async (query = ''): Promise<{ alerts: Json[]; total: number; snoozed: number }> =>
    (await api.get(`/alerts${query}`)).body as { alerts: Json[]; total: number; snoozed: number };
  const eventTypes = async (id: string): Promise<unknown> =>
    (await api.database.query<{ type: string }>(`SELECT type FROM zakops.events WHERE aggregate_id = $1 ORDER BY aggregate_seq`, [id])).map(
      ({ type }) => type,
    );

  it('shows the days in the stage, which changes of the deal leave alone', async () => {
    const id = await open(12);
    await api.patch(`/deals/${id}`, { display_name: 'changed today' });
    expect((await api.get(`/deals/${id}`)).body).toMatchObject({
      days_in_stage: 12,
      days_since_update: 0,
      source: 'api',
      state_machine: { advisory_context: { days_in_stage: 12 } },
    });
  });

  it('warns of a deal above the limit of its stage, loudly above twice the limit', async () => {
    const [fresh, late, urgent] = [await open(29), await open(31, { canonical_name: 'late' }), await open(61)];
    const { alerts: found } = await alerts('?type=stuck_deal');
    const of = (id: string): Json | undefined => found.find(({ deal_id: deal }) => deal === id);
    expect([of(fresh), of(late), of(urgent)]).toMatchObject([
      undefined,
      { severity: 'warning', days: 31, title: 'late', count: 1, action_id: null },
      { severity: 'high', days: 61 },
    ]);
    expect(found.map(({ severity }) => severity)).toEqual([...found.map(({ severity }) => String(severity))].sort());
    expect((await alerts('?severity=high')).alerts.map(({ deal_id: deal }) => deal)).toEqual([urgent]);
    const first = await api.get('/alerts?type=stuck_deal&limit=1');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = (await api.get(next)).body as { alerts: Json[] };
    expect([...(first.body as { alerts: Json[] }).alerts, ...second.alerts]).toEqual(found.slice(0, 2));
    expect(await api.get('/alerts?type=nope')).toMatchObject({ status: 400, body: { errors: [{ pointer: 'type' }] } });
  });

  it('lets administrators set the limits', async () => {
    const read = await api.get('/pipeline/stage-limits');
    expect(read.body).toMatchObject({ inbound: 30, closing: 30 });
    const tag = { 'if-match': String(read.headers.get('etag')) };
    const put = (body: Json, headers: Readonly<Record<string, string>> = {}): Promise<DealsAnswer> =>
      api.call('PUT', '/pipeline/stage-limits', body, headers);
    const id = await open(6, { stage: 'closing' });
    expect(await put({ closing: 5 }, tag)).toMatchObject({ status: 200, body: { inbound: 30, closing: 5 } });
    expect(problem(await put({ closing: 6 }, tag))).toEqual([412, 'PRECONDITION_FAILED']);
    expect((await put({ closing: 0 })).status).toBe(400);
    expect((await put({ closed_won: 5 })).status).toBe(400);
    expect((await alerts('?type=stuck_deal')).alerts.map(({ deal_id: deal }) => deal)).toContain(id);
    const [entry] = await api.database.query(`SELECT before, after FROM zakops.audit_log WHERE action = 'stage_limits.changed'`);
    expect(entry).toMatchObject({ before: { closing: 30 }, after: { closing: 5 } });
  });

  it('leaves a snoozed deal out until that day is over, the snooze is ended, or the deal moves', async () => {
    const id = await open(40);
    const before = await alerts('?type=stuck_deal');
    const snoozed = await api.post(`/deals/${id}/snooze`, { until: day(3), reason: 'the seller is away' });
    expect([snoozed.status, snoozed.body]).toMatchObject([200, { snoozed_until: day(3), snooze_reason: 'the seller is away' }]);
    expect(await alerts('?type=stuck_deal')).toMatchObject({ total: before.total - 1, snoozed: before.snoozed + 1 });
    for (const until of [day(-1), day(400)]) {
      expect(await api.post(`/deals/${id}/snooze`, { until, reason: 'x' })).toMatchObject({
        status: 422,
        body: { code: 'RULE_BROKEN', errors: [{ pointer: '/until' }] },
      });
    }
    await api.database.query('UPDATE zakops.deals SET snoozed_until = $2 WHERE deal_id = $1', [id, day(-1)]);
    expect(await alerts('?type=stuck_deal')).toMatchObject({ total: before.total, snoozed: before.snoozed });
    await api.post(`/deals/${id}/snooze`, { until: day(4), reason: 'longer' });
    const [audited] = await api.database.query(
      `SELECT before, after FROM zakops.audit_log WHERE resource_id = $1 AND action = 'deal.snoozed' ORDER BY id DESC LIMIT 1`,
      [id],
    );
    expect(audited).toMatchObject({ before: { snoozed_until: day(-1) }, after: { snoozed_until: day(4), reason: 'longer' } });
    expect((await api.call('DELETE', `/deals/${id}/snooze`)).body).toMatchObject({ snoozed_until: null });
    expect(await alerts('?type=stuck_deal')).toMatchObject({ total: before.total, snoozed: before.snoozed });
    await api.post(`/deals/${id}/snooze`, { until: day(0), reason: 'today' });
    expect((await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review', dry_run: true })).body).toMatchObject({
      would_cancel: ['snooze'],
      events: ['deal.stage_changed', 'deal.unsnoozed'],
    });
    await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review' });
    expect((await api.get(`/deals/${id}`)).body).toMatchObject({ snoozed_until: null, days_in_stage: 0 });
    expect(await eventTypes(id)).toEqual([
      'deal.created',
      'deal.snoozed',
      'deal.snoozed',
      'deal.unsnoozed',
      'deal.snoozed',
      'deal.stage_changed',
      'deal.unsnoozed',
    ]);
  });

  it('reminds of next steps, actions and mail', async () => {
    const id = await api.open({ next_step: 'call the broker', next_step_at: day(-2) });
    expect((await api.get(`/deals/${id}`)).body).toMatchObject({ next_step: 'call the broker', next_step_at: day(-2) });
    await api.database.query(
      `INSERT INTO zakops.actions (action_id, deal_id, action_type, title, status, scheduled_for) VALUES ('A-9', $1, 'x', 'Send the LOI', 'READY', now() - interval '1 day')`,
      [id],
    );
    await api.post('/quarantine', { message_id: '<alert>' });
    const { alerts: found } = await alerts();
    expect(found.filter(({ type }) => type !== 'stuck_deal')).toMatchObject([
      { type: 'overdue_next_step', severity: 'warning', deal_id: id, title: 'call the broker', days: 2 },
      { type: 'overdue_actions', action_id: 'A-9', deal_id: id },
      { type: 'pending_quarantine', severity: 'warning', count: 1, deal_id: null },
    ]);
    expect((await api.patch(`/deals/${id}`, { next_step: null, next_step_at: null })).body).toMatchObject({
      next_step: null,
      next_step_at: null,
    });
    expect((await alerts('?type=overdue_next_step')).total).toBe(0);
    // An action of a deal that is snoozed or deleted presses nobody.
    expect(await alerts('?type=overdue_actions')).toMatchObject({ total: 1, snoozed: 0 });
    await api.post(`/deals/${id}/snooze`, { until: day(1), reason: 'x' });
    expect(await alerts('?type=overdue_actions')).toMatchObject({ total: 0, snoozed: 1 });
    await api.call('DELETE', `/deals/${id}/snooze`);
    await api.call('DELETE', `/deals/${id}`);
    expect(await alerts('?type=overdue_actions')).toMatchObject({ total: 0, snoozed: 0 });
    await api.post(`/deals/${id}/undelete`, {});
    expect((await api.patch(`/deals/${id}`, { next_step_at: '2026-13-01' })).status).toBe(400);
  });

  describe('the worker', () => {
    let stopped: SpawnedApp[] = [];
    afterEach(async () => {
      await Promise.all(stopped.map((worker) => worker.stop('SIGKILL')));
      stopped = [];
    });

    it('records deal.stale once for each stay in a stage, with two workers at once and after one is killed', async () => {
      const [stale, snoozed, fresh] = [await open(33, { canonical_name: 'stale' }), await open(33), await open(3)];
      await api.post(`/deals/${snoozed}/snooze`, { until: day(2), reason: 'x' });
      const staleEvents = async (id: string): Promise<number> =>
        ((await eventTypes(id)) as string[]).filter((type) => type === 'deal.stale').length;
      const env = { STALE_DEALS_INTERVAL: '1' };
      const start = async (): Promise<SpawnedApp> => {
        const worker = await spawnWorker(api.database.url, env, false);
        stopped.push(worker);
        return worker;
      };
      const [first] = await Promise.all([start(), start()]);
      await waitFor('the event', async () => (await staleEvents(stale)) === 1);
      await first.stop('SIGKILL');
      await start();
      // Deals are gone through by id: the event of a later deal shows that the others were looked at.
      const next = await open(90);
      await waitFor('the next event', async () => (await staleEvents(next)) === 1);
      expect([await staleEvents(stale), await staleEvents(snoozed), await staleEvents(fresh)]).toEqual([1, 0, 0]);
      const [event] = await api.database.query(`SELECT data, actor FROM zakops.events WHERE aggregate_id = $1 AND type = 'deal.stale'`, [
        stale,
      ]);
      expect(event).toEqual({ actor: 'system:stale-deals', data: { deal_id: stale, stage: 'inbound', days_in_stage: 33, limit_days: 30 } });

      // Another stay in a stage is another occasion.
      await api.post(`/deals/${stale}/transition`, { new_stage: 'initial_review' });
      await api.database.query(`UPDATE zakops.deals SET stage_entered_at = now() - interval '50 days' WHERE deal_id = $1`, [stale]);
      await waitFor('the second event', async () => (await staleEvents(stale)) === 2);
    });
  });
});

describe('the history of the pipeline', () => {
  let api: DealsApi;
  const NEXT: Readonly<Record<string, readonly string[]>> = {
    inbound: ['initial_review', 'closed_lost', 'archived'],
    initial_review: ['due_diligence', 'inbound', 'closed_lost'],
    due_diligence: ['negotiation', 'initial_review', 'closed_lost'],
    negotiation: ['documentation', 'due_diligence', 'closed_lost'],
    documentation: ['closing', 'negotiation', 'closed_lost'],
    closing: ['closed_won', 'documentation', 'closed_lost'],
    closed_won: ['archived'],
    closed_lost: ['archived'],
    archived: [],
  };
  const ORDER = Object.keys(NEXT);

  interface Stay {
    readonly deal: string;
    readonly source: string;
    readonly stage: string;
    readonly at: number;
    readonly left: number | null;
    readonly next: string | null;
    readonly reason: string | null;
    readonly counts: boolean;
  }
  const stays: Stay[] = [];

  beforeAll(async () => {
    api = await DealsApi.start();
    // The same few hundred histories every time.
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const deals: string[] = [];
    const moves: string[] = [];
    const begin = Date.UTC(2026, 0, 1);
    for (let n = 1; n <= 300; n += 1) {
      const deal = `DEAL-${String(500_000 + n)}`;
      const source = ['api', 'quarantine', 'import'][n % 3] ?? '';
      const counts = n % 20 !== 0;
      let [stage, at] = ['inbound', begin + random(60 * 24) * 3_600_000];
      const createdAt = at;
      for (let step = random(9); step >= 0; step -= 1) {
        const next = NEXT[stage]?.[random(NEXT[stage]?.length ?? 1)];
        if (next === undefined || step === 0) break;
        const left = at + (1 + random(20 * 24)) * 3_600_000;
        const reason = next === 'closed_lost' && n % 2 === 0 ? 'price_gap' : null;
        stays.push({ deal, source, stage, at, left, next, reason, counts });
        moves.push(
          `('${deal}', '${stage}', '${next}', 'x', ${reason === null ? 'NULL' : `'${reason}'`}, to_timestamp(${String(left / 1_000)}))`,
        );
        [stage, at] = [next, left];
      }
      stays.push({ deal, source, stage, at, left: null, next: null, reason: null, counts });
      deals.push(
        `('${deal}', 'x', '${stage}', '${n % 40 === 20 ? 'merged' : 'active'}', 1, '${source}', ${String(n % 40 === 0)}, to_timestamp(${String(at / 1_000)}), to_timestamp(${String(createdAt / 1_000)}))`,
      );
    }
    await api.database.query(
      `INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version, source, deleted, stage_entered_at, created_at) VALUES ${deals.join(', ')}`,
    );
    await api.database.query(
      `INSERT INTO zakops.deal_stage_history (deal_id, from_stage, to_stage, transitioned_by, outcome_reason, created_at) VALUES ${moves.join(', ')}`,
    );
  });

  afterAll(() => api.stop());

  const from = Date.UTC(2026, 0, 20);
  const to = Date.UTC(2026, 2, 10);
  const period = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  const inPeriod = (stay: Stay): boolean => stay.counts && stay.at >= from && stay.at < to;
  const place = (stage: string | null): number => ORDER.indexOf(stage ?? '');

  it.each([['', (): boolean => true] as const, ['&source=import', ({ source }: Stay): boolean => source === 'import'] as const])(
    'is the same as counted by hand: conversion %s',
    async (query, fits) => {
      const expected = ORDER.flatMap((stage) => {
        const those = stays.filter((stay) => inPeriod(stay) && fits(stay) && stay.stage === stage);
        if (those.length === 0) return [];
        const count = (which: (stay: Stay) => boolean): number => those.filter(which).length;
        const still = count(({ next }) => next === null);
        const on = count(
          ({ next }) =>
            next === 'closed_won' || (next !== null && !['closed_lost', 'archived'].includes(next) && place(next) > place(stage)),
        );
        return [
          {
            stage,
            entered: those.length,
            moved_on: on,
            lost: count(({ next }) => next === 'closed_lost'),
            moved_back: count(({ next }) => next !== null && place(next) < place(stage)),
            archived: count(({ next }) => next === 'archived'),
            still_there: still,
            conversion: those.length === still ? null : Math.round((on / (those.length - still)) * 10_000) / 10_000,
          },
        ];
      });
      expect((await api.get(`/pipeline/conversion?${period}${query}`)).body).toEqual(expected);
    },
  );

  it('is the same as counted by hand: median and 90th percentile of the days in a stage', async () => {
    const quantile = (sorted: readonly number[], share: number): number => {
      const at = (sorted.length - 1) * share;
      const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
      return low + (high - low) * (at - Math.floor(at));
    };
    const body = (await api.get(`/pipeline/velocity?${period}`)).body as {
      stage: string;
      stays: number;
      median_days: number;
      p90_days: number;
    }[];
    const expected = ORDER.flatMap((stage) => {
      const days = stays
        .filter((stay) => inPeriod(stay) && stay.left !== null && stay.stage === stage)
        .map(({ at, left }) => ((left ?? 0) - at) / DAY_MS)
        .sort((one, other) => one - other);
      return days.length === 0 ? [] : [{ stage, stays: days.length, median: quantile(days, 0.5), p90: quantile(days, 0.9) }];
    });
    expect(body.map(({ stage, stays: n }) => ({ stage, stays: n }))).toEqual(expected.map(({ stage, stays: n }) => ({ stage, stays: n })));
    for (const [n, { median, p90 }] of expected.entries()) {
      expect(Math.abs((body[n]?.median_days ?? 0) - median)).toBeLessThan(0.006);
      expect(Math.abs((body[n]?.p90_days ?? 0) - p90)).toBeLessThan(0.006);
    }
  });

  it.each([
    ['month', ''],
    ['quarter', ''],
    // By the time at which the deal was closed.
    ['month', `&${period}`],
    ['quarter', `&${period}&source=import`],
  ] as const)('is the same as counted by hand: win rate by %s and source %s', async (unit, query) => {
    const fits = ({ left, source: of }: Stay): boolean =>
      query === '' || ((left ?? 0) >= from && (left ?? 0) < to && (!query.endsWith('import') || of === 'import'));
    const groups = new Map<string, { period: string; source: string; won: number; lost: number; reasons: Record<string, number> }>();
    for (const { next, left, source, counts, reason } of stays.filter(fits)) {
      if (!counts || left === null || (next !== 'closed_won' && next !== 'closed_lost')) continue;
      const date = new Date(left);
      const month = unit === 'month' ? date.getUTCMonth() : Math.floor(date.getUTCMonth() / 3) * 3;
      const first = new Date(Date.UTC(date.getUTCFullYear(), month, 1)).toISOString().slice(0, 10);
      const group = groups.get(first + source) ?? { period: first, source, won: 0, lost: 0, reasons: {} };
      groups.set(first + source, group);
      if (next === 'closed_won') group.won += 1;
      else group.lost += 1;
      if (reason !== null) group.reasons[reason] = (group.reasons[reason] ?? 0) + 1;
    }
    const expected = [...groups]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, group]) => ({ ...group, win_rate: Math.round((group.won / (group.won + group.lost)) * 10_000) / 10_000 }));
    expect(expected.length).toBeGreaterThan(0);
    expect((await api.get(`/pipeline/win-rate?period=${unit}${query}`)).body).toEqual(expected);
  });

  it('says how slow a deal is beside the others that were in its stage', async () => {
    const now = Date.now();
    const deal = stays.find(({ stage, next, counts }) => stage === 'initial_review' && next === null && counts)?.deal ?? '';
    await api.database.query(`UPDATE zakops.deals SET stage_entered_at = to_timestamp($2) WHERE deal_id = $1`, [
      deal,
      (now - 10 * DAY_MS) / 1_000,
    ]);
    const over = stays.filter((stay) => stay.stage === 'initial_review' && stay.left !== null && stay.counts && stay.deal !== deal);
    // The deal itself is back in its stage: its own earlier stay is none of others.
    await api.database.query(
      `INSERT INTO zakops.deal_stage_history (deal_id, from_stage, to_stage, transitioned_by, created_at)
       VALUES ($1, 'initial_review', 'due_diligence', 'x', now()), ($1, 'due_diligence', 'initial_review', 'x', now())`,
      [deal],
    );
    const faster = over.filter(({ at, left }) => (left ?? 0) - at < 10 * DAY_MS).length;
    expect((await api.get(`/deals/${deal}/pace`)).body).toEqual({
      deal_id: deal,
      stage: 'initial_review',
      days_in_stage: 10,
      compared_with: over.length,
      slower_than_percent: Math.floor((100 * faster) / over.length),
    });
    expect((await api.get('/deals/DEAL-999999/pace')).status).toBe(404);
  });
});
