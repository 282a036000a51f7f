import { DEAL_STAGES } from '#zakops/contracts';
import type { DealStage } from '#zakops/contracts';
import { aDeal, errorOf } from '../../test/deal.builder.js';
import { isDealStage } from './deal-stage-machine.js';
import { InvalidStageTransitionError } from './deal.errors.js';

// Written a second time on purpose, in another form than the table under test: one line per stage, one letter per target.
const LEGAL: Record<DealStage, string> = {
  inbound: '.x.....xx',
  initial_review: 'x.x....x.',
  due_diligence: '.x.x...x.',
  negotiation: '..x.x..x.',
  documentation: '...x.x.x.',
  closing: '....x.xx.',
  closed_won: '........x',
  closed_lost: '........x',
  archived: '.........',
};

const pairs = DEAL_STAGES.flatMap((from) => DEAL_STAGES.map((to, n) => ({ from, to, legal: LEGAL[from][n] === 'x' })));
const differing = pairs.filter(({ from, to }) => from !== to);

describe('the stage machine', () => {
  it('has 20 legal edges among 72 pairs', () => {
    expect(differing).toHaveLength(72);
    expect(differing.filter(({ legal }) => legal)).toHaveLength(20);
  });

  it.each(differing.filter(({ legal }) => legal))('moves from $from to $to', ({ from, to }) => {
    const deal = aDeal({ stage: from });

    expect(deal.moveTo(to, 'ann@example.com', 'because')).toEqual({
      fromStage: from,
      toStage: to,
      movedBy: 'ann@example.com',
      reason: 'because',
      outcome: null,
    });
    expect(deal.stage).toBe(to);
    expect(deal.pullEvents()).toMatchObject([
      {
        type: 'deal.stage_changed',
        aggregateSeq: deal.version,
        data: { deal_id: deal.dealId, from_stage: from, to_stage: to, transitioned_by: 'ann@example.com', reason: 'because' },
      },
    ]);
  });

  it.each(differing.filter(({ legal }) => !legal))('refuses to move from $from to $to', ({ from, to }) => {
    const deal = aDeal({ stage: from });

    const refusal = errorOf(() => deal.moveTo(to, 'ann@example.com', null));

    expect(refusal).toBeInstanceOf(InvalidStageTransitionError);
    expect(refusal).toMatchObject({
      code: 'INVALID_STAGE_TRANSITION',
      category: 'rule_broken',
      context: { current_stage: from, requested_stage: to },
    });
    const { allowed_stages: allowed } = (refusal as InvalidStageTransitionError).context;
    expect(new Set(allowed as string[])).toEqual(new Set(DEAL_STAGES.filter((_, n) => LEGAL[from][n] === 'x')));
    expect(deal.stage).toBe(from);
    expect(deal.changed).toBe(false);
  });

  it.each(DEAL_STAGES)('takes a move from %s to itself as done', (stage) => {
    const deal = aDeal({ stage });

    expect(deal.moveTo(stage, 'ann@example.com', null)).toBeNull();
    expect(deal.changed).toBe(false);
  });

  it.each(['inbound', 'initial_review', 'due_diligence', 'negotiation', 'documentation', 'closing'])(
    'repairs an unknown stage by a move to %s',
    (stage) => {
      expect(aDeal({ stage: 'screening' }).moveTo(stage, 'ann@example.com', null)).toMatchObject({
        fromStage: 'screening',
        toStage: stage,
      });
    },
  );

  it.each(['closed_won', 'closed_lost', 'archived', 'qualified'])('does not repair an unknown stage by a move to %s', (stage) => {
    expect(() => aDeal({ stage: 'screening' }).moveTo(stage, 'ann@example.com', null)).toThrow(InvalidStageTransitionError);
  });

  it('refuses a stage that is none of the nine', () => {
    expect(() => aDeal({ stage: 'inbound' }).moveTo('screening', 'ann@example.com', null)).toThrow(InvalidStageTransitionError);
    expect(isDealStage('toString')).toBe(false);
  });
});
