import { waitFor } from '#zakops/testing';
import {
  DealMovedMeanwhileError,
  DealNotFoundError,
  DealPreconditionError,
  InvalidStageTransitionError,
  MoveKeyReusedError,
} from '../src/domain/deal.errors.js';
import { MoveDeal } from '../src/commands/move-deal/move-deal.command.js';
import type { MovedDeal } from '../src/commands/move-deal/move-deal.command.js';
import { GetDeal } from '../src/queries/get-deal/get-deal.query.js';
import { GetStageHistory } from '../src/queries/get-stage-history/get-stage-history.query.js';
import { DealsTestbed } from './deals-testbed.js';

const PARALLEL = 20;

describe('moving deals', () => {
  let bed: DealsTestbed;

  beforeAll(async () => {
    bed = await DealsTestbed.create();
  });

  afterAll(async () => {
    await bed.dispose();
  });

  /** Holds the row of a deal until all the moves wait for it, so that they really meet. */
  async function race(dealId: string, moves: readonly MoveDeal[]): Promise<PromiseSettledResult<MovedDeal>[]> {
    const holder = await bed.database.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM zakops.deals WHERE deal_id = $1 FOR UPDATE', [dealId]);
    const racing = moves.map((move) => bed.commands.execute(move));
    await waitFor('all moves to wait for the row', async () => {
      const [row] = await bed.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'zakops-test %' AND wait_event_type = 'Lock'`,
      );
      return row?.n === moves.length;
    });
    await holder.query('COMMIT');
    return Promise.allSettled(racing);
  }

  async function traces(dealId: string): Promise<unknown> {
    const [row] = await bed.database.query(
      `SELECT d.stage, d.version, (SELECT count(*)::int FROM zakops.deal_stage_history h WHERE h.deal_id = d.deal_id) AS moves,
              (SELECT count(*)::int FROM zakops.events e WHERE e.aggregate_id = d.deal_id AND e.type = 'deal.stage_changed') AS events
         FROM zakops.deals d WHERE d.deal_id = $1`,
      [dealId],
    );
    return row;
  }

  it('lets exactly one of 20 parallel moves win, whatever their targets', async () => {
    const dealId = await bed.open();
    const targets = ['initial_review', 'closed_lost', 'archived'];

    const results = await race(
      dealId,
      Array.from({ length: PARALLEL }, (_, n) => DealsTestbed.move(dealId, targets[n % 3] ?? 'archived')),
    );

    const won = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
    const lost = results.filter((result) => result.status === 'rejected').map((result): unknown => result.reason);
    expect(won).toMatchObject([{ dealId, fromStage: 'inbound', idempotentHit: false }]);
    expect(lost).toHaveLength(PARALLEL - 1);
    for (const error of lost) {
      expect(error).toBeInstanceOf(DealMovedMeanwhileError);
      expect(error).toMatchObject({ category: 'conflict', context: { current_stage: won[0]?.toStage } });
    }
    expect(await traces(dealId)).toEqual({ stage: won[0]?.toStage, version: 2, moves: 1, events: 1 });
  });

  it('makes 20 parallel calls with one key one move, and answers them alike', async () => {
    const dealId = await bed.open();

    const results = await race(
      dealId,
      Array.from({ length: PARALLEL }, () => DealsTestbed.move(dealId, 'initial_review', 'retry-1')),
    );

    const values = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
    expect(values.filter((value) => value?.idempotentHit === false)).toHaveLength(1);
    expect(values.filter((value) => value?.idempotentHit === true)).toHaveLength(PARALLEL - 1);
    expect(new Set(values.map((value) => JSON.stringify({ ...value, idempotentHit: true }))).size).toBe(1);
    expect(await traces(dealId)).toEqual({ stage: 'initial_review', version: 2, moves: 1, events: 1 });
  });

  it('answers a repeated key as the first time, also when the deal has moved on', async () => {
    const dealId = await bed.open();
    const first = await bed.commands.execute(DealsTestbed.move(dealId, 'initial_review', 'key-1'));
    await bed.commands.execute(DealsTestbed.move(dealId, 'due_diligence'));

    const again = await bed.commands.execute(DealsTestbed.move(dealId, 'initial_review', 'key-1'));

    // The version is that of the deal as it is now, for the next If-Match.
    expect(again).toEqual({ ...first, idempotentHit: true, version: 3 });
    expect(await traces(dealId)).toEqual({ stage: 'due_diligence', version: 3, moves: 2, events: 2 });
  });

  it('refuses a key with another target', async () => {
    const dealId = await bed.open();
    await bed.commands.execute(DealsTestbed.move(dealId, 'initial_review', 'key-1'));

    await expect(bed.commands.execute(DealsTestbed.move(dealId, 'due_diligence', 'key-1'))).rejects.toThrow(MoveKeyReusedError);
    expect(await traces(dealId)).toEqual({ stage: 'initial_review', version: 2, moves: 1, events: 1 });
  });

  it('keeps keys of different deals apart', async () => {
    const [one, other] = [await bed.open(), await bed.open()];
    await bed.commands.execute(DealsTestbed.move(one, 'initial_review', 'key-1'));

    await expect(bed.commands.execute(DealsTestbed.move(other, 'closed_lost', 'key-1'))).resolves.toMatchObject({ idempotentHit: false });
  });

  it('forgets a key after 24 hours', async () => {
    const dealId = await bed.open();
    await bed.commands.execute(DealsTestbed.move(dealId, 'initial_review', 'key-1'));
    await bed.database.query(`UPDATE zakops.deal_stage_history SET created_at = now() - interval '24 hours 1 second' WHERE deal_id = $1`, [
      dealId,
    ]);

    await expect(bed.commands.execute(DealsTestbed.move(dealId, 'due_diligence', 'key-1'))).resolves.toMatchObject({
      idempotentHit: false,
    });
  });

  it('takes a move to where the deal is as done, without event or history', async () => {
    const dealId = await bed.open();

    await expect(bed.commands.execute(DealsTestbed.move(dealId, 'inbound'))).resolves.toMatchObject({
      fromStage: 'inbound',
      toStage: 'inbound',
      idempotentHit: true,
    });
    expect(await traces(dealId)).toEqual({ stage: 'inbound', version: 1, moves: 0, events: 0 });
  });

  it('notes when the deal entered its stage, the same in deal, history and answer', async () => {
    const dealId = await bed.open();

    const { movedAt } = await bed.commands.execute(
      new MoveDeal(dealId, 'initial_review', 'fits', undefined, 'ann@example.com', new Set([1])),
    );

    const { items } = await bed.queries.execute(new GetStageHistory(dealId, 10, undefined));
    expect(items).toEqual([{ fromStage: 'inbound', toStage: 'initial_review', movedBy: 'ann@example.com', reason: 'fits', movedAt }]);
    const [row] = await bed.database.query(
      `SELECT d.stage_entered_at = h.created_at AS entered, d.updated_at = h.created_at AS updated, d.updated_at > d.created_at AS later
         FROM zakops.deals d JOIN zakops.deal_stage_history h USING (deal_id) WHERE deal_id = $1`,
      [dealId],
    );
    expect(row).toEqual({ entered: true, updated: true, later: true });
  });

  it('refuses a stale version, an illegal move and an unknown or deleted deal', async () => {
    const dealId = await bed.open();
    const deleted = await bed.open();
    await bed.database.query('UPDATE zakops.deals SET deleted = true WHERE deal_id = $1', [deleted]);

    await expect(bed.commands.execute(new MoveDeal(dealId, 'archived', null, undefined, 'ann@example.com', new Set([7])))).rejects.toThrow(
      DealPreconditionError,
    );
    await expect(bed.commands.execute(DealsTestbed.move(dealId, 'closing'))).rejects.toThrow(InvalidStageTransitionError);
    await expect(bed.commands.execute(DealsTestbed.move('DEAL-999999', 'closing'))).rejects.toThrow(DealNotFoundError);
    await expect(bed.commands.execute(DealsTestbed.move(deleted, 'archived'))).rejects.toThrow(DealNotFoundError);
    await expect(bed.queries.execute(new GetDeal(deleted))).rejects.toThrow(DealNotFoundError);
    expect(await traces(dealId)).toEqual({ stage: 'inbound', version: 1, moves: 0, events: 0 });
  });
});
