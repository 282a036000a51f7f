import { DealsTestbed } from '../../test/deals-testbed.js';
import { GetPipelineStats } from '../queries/get-pipeline-stats/get-pipeline-stats.query.js';
import { GetPipelineSummary } from '../queries/get-pipeline-summary/get-pipeline-summary.query.js';
import { GetStageCounts } from '../queries/get-stage-counts/get-stage-counts.query.js';
import { PipelineReader } from './pipeline.reader.js';

const NONE = {
  inbound: 0,
  initial_review: 0,
  due_diligence: 0,
  negotiation: 0,
  documentation: 0,
  closing: 0,
  closed_won: 0,
  closed_lost: 0,
  archived: 0,
};

describe(PipelineReader.name, () => {
  let bed: DealsTestbed;

  beforeEach(async () => {
    bed = await DealsTestbed.create();
  });

  afterEach(async () => {
    await bed.dispose();
  });

  it('is all zeros on an empty database', async () => {
    expect(await bed.queries.execute(new GetStageCounts())).toEqual(NONE);
    expect(await bed.queries.execute(new GetPipelineSummary())).toEqual([]);
    expect(await bed.queries.execute(new GetPipelineStats())).toEqual({
      totalActiveDeals: 0,
      pendingActions: 0,
      quarantinePending: 0,
      recentEvents24h: 0,
      dealsByStage: NONE,
    });
  });

  it('counts active deals only, unknown stages last, and days since the stage was entered', async () => {
    const [one, two, , unknown] = [await bed.open(), await bed.open(), await bed.open({}, 'closing'), await bed.open()];
    await bed.open({ status: 'junk' });
    const deleted = await bed.open();
    await bed.database.query(`UPDATE zakops.deals SET deleted = true WHERE deal_id = $1`, [deleted]);
    await bed.database.query(`UPDATE zakops.deals SET stage = 'screening' WHERE deal_id = $1`, [unknown]);
    await bed.database.query(`UPDATE zakops.deals SET stage_entered_at = now() - interval '3 days' WHERE deal_id = $1`, [one]);
    await bed.database.query(`UPDATE zakops.deals SET stage_entered_at = now() - interval '12 hours' WHERE deal_id = $1`, [two]);

    expect(await bed.queries.execute(new GetStageCounts())).toEqual({ ...NONE, inbound: 2, closing: 1, screening: 1 });
    expect(await bed.queries.execute(new GetPipelineSummary())).toEqual([
      { stage: 'inbound', count: 2, avgDaysInStage: 1.75 },
      { stage: 'closing', count: 1, avgDaysInStage: 0 },
      { stage: 'screening', count: 1, avgDaysInStage: 0 },
    ]);
  });

  it('counts what waits, and what happened within 24 hours', async () => {
    await bed.open();
    await bed.database.query(`
      INSERT INTO zakops.actions (action_id, action_type, title, status)
      SELECT 'A-' || n, 'x', 'x', status
        FROM unnest(ARRAY['PENDING_APPROVAL', 'QUEUED', 'READY', 'COMPLETED', 'REJECTED']) WITH ORDINALITY AS s(status, n)`);
    await bed.database.query(`INSERT INTO zakops.quarantine_items (message_id, status) VALUES ('1', 'pending'), ('2', 'approved')`);
    await bed.database.query(`
      INSERT INTO zakops.deal_activity (id, deal_id, seq, event_type, source, actor, actor_type, details, created_at)
      SELECT gen_random_uuid(), 'DEAL-000001', n, 'deal.updated', 'api', 'ann', 'user', '{}', now() - n * interval '11 hours'
        FROM generate_series(1, 4) n`);

    expect(await bed.queries.execute(new GetPipelineStats())).toEqual({
      totalActiveDeals: 1,
      pendingActions: 2,
      quarantinePending: 1,
      recentEvents24h: 2,
      dealsByStage: { ...NONE, inbound: 1 },
    });
  });
});
