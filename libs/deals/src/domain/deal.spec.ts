import { assertEventFits } from '#zakops/contracts';
import { aDeal, dealDetails, errorOf } from '../../test/deal.builder.js';
import { Deal } from './deal.js';
import {
  AliasNotFoundError,
  DealOpenedAtEndError,
  DealPreconditionError,
  DuplicateAliasError,
  StageNotEditableError,
} from './deal.errors.js';

const ALIAS = { alias: 'BBS-99120', aliasType: 'listing_id', confidence: 1, source: 'api' };

describe(Deal.name, () => {
  describe('open', () => {
    it('records deal.created as the first event', () => {
      const deal = Deal.open('DEAL-000007', dealDetails(), 'negotiation', 'api');

      expect(deal.version).toBe(1);
      const events = deal.pullEvents();
      expect(events).toMatchObject([
        {
          type: 'deal.created',
          aggregateType: 'deal',
          aggregateId: 'DEAL-000007',
          aggregateSeq: 1,
          data: {
            deal_id: 'DEAL-000007',
            canonical_name: 'acme-plumbing',
            display_name: 'Acme Plumbing',
            stage: 'negotiation',
            status: 'active',
            source: 'api',
          },
        },
      ]);
      for (const event of events) assertEventFits(event);
    });

    it.each(['closed_won', 'closed_lost', 'archived'] as const)('refuses to begin in %s', (stage) => {
      const refusal = errorOf(() => Deal.open('DEAL-000007', dealDetails(), stage, 'api'));

      expect(refusal).toBeInstanceOf(DealOpenedAtEndError);
      expect(refusal).toMatchObject({
        category: 'rule_broken',
        context: { allowed_stages: ['inbound', 'initial_review', 'due_diligence', 'negotiation', 'documentation', 'closing'] },
      });
    });

    it('takes medium priority, and a medium rating of a known broker, for granted', () => {
      const known = Deal.open('DEAL-000007', dealDetails({ broker: { name: 'Bo' } }), 'inbound', 'api');
      const unknown = Deal.open('DEAL-000008', dealDetails({ metadata: { priority: 'LOW' } }), 'inbound', 'api');

      expect(known.details).toMatchObject({ metadata: { priority: 'MEDIUM' }, broker: { name: 'Bo', quality_rating: 'MEDIUM' } });
      expect(unknown.details.metadata).toEqual({ priority: 'LOW' });
      expect(unknown.details.broker).toEqual({});
    });
  });

  describe('update', () => {
    it('tells old and new value of each field that differs, and of no other', () => {
      const deal = aDeal({ displayName: null, metadata: { priority: 'LOW', asking_price: { amount: '1.10', currency: 'USD' } } });
      const metadata = { priority: 'LOW', asking_price: { amount: '1.1', currency: 'USD' } };

      expect(deal.update({ canonicalName: 'acme-plumbing', displayName: 'Acme', metadata })).toBe(true);

      expect(deal.details).toMatchObject({ canonicalName: 'acme-plumbing', displayName: 'Acme', metadata });
      const [event, ...more] = deal.pullEvents();
      expect(more).toEqual([]);
      expect(event).toMatchObject({
        type: 'deal.updated',
        aggregateSeq: 4,
        data: {
          changes: [
            { field: 'display_name', old_value: null, new_value: 'Acme' },
            {
              field: 'metadata',
              old_value: { priority: 'LOW', asking_price: { amount: '1.10', currency: 'USD' } },
              new_value: metadata,
            },
          ],
        },
      });
    });

    it('records nothing when nothing differs, whatever the order of members', () => {
      const deal = aDeal({ metadata: { priority: 'LOW', employees: 3 } });

      expect(deal.update({ status: 'active', metadata: { employees: 3, priority: 'LOW' } })).toBe(false);
      expect(deal.version).toBe(3);
      expect(deal.changed).toBe(false);
    });

    it('clears a field by null', () => {
      const deal = aDeal({ displayName: 'Acme' });

      deal.update({ displayName: null });

      expect(deal.details.displayName).toBeNull();
    });

    it('never edits the stage, and says where to', () => {
      const refusal = errorOf(() => aDeal({ stage: 'closing' }).refuseStageEdit());

      expect(refusal).toBeInstanceOf(StageNotEditableError);
      expect(refusal).toMatchObject({
        code: 'INVALID_STAGE_TRANSITION',
        context: { transition: '/api/deals/DEAL-000001/transition', allowed_stages: ['closed_won', 'documentation', 'closed_lost'] },
      });
    });
  });

  describe('requireVersion', () => {
    it.each([[undefined], [[3]], [[1, 3]]])('lets %j pass at version 3', (versions) => {
      expect(() => {
        aDeal({ version: 3 }).requireVersion(versions && new Set(versions));
      }).not.toThrow();
    });

    it.each([[[]], [[2]], [[2, 4]]])('stops %j at version 3', (versions) => {
      expect(() => {
        aDeal({ version: 3 }).requireVersion(new Set(versions));
      }).toThrow(DealPreconditionError);
    });
  });

  describe('aliases', () => {
    it('adds one with an id of its own', () => {
      const deal = aDeal();

      const added = deal.addAlias(ALIAS);

      expect(deal.aliases).toEqual([{ ...ALIAS, id: added.id }]);
      const events = deal.pullEvents();
      expect(events).toMatchObject([
        {
          type: 'deal.alias_added',
          aggregateSeq: 4,
          data: { alias_id: added.id, alias: 'BBS-99120', alias_type: 'listing_id', confidence: 1 },
        },
      ]);
      for (const event of events) assertEventFits(event);
    });

    it('refuses the same one twice, also in other letters', () => {
      const deal = aDeal();
      deal.addAlias(ALIAS);

      expect(() => deal.addAlias({ ...ALIAS, alias: 'bbs-99120', confidence: 0.5 })).toThrow(DuplicateAliasError);
      expect(deal.addAlias({ ...ALIAS, aliasType: 'listing_number' }).aliasType).toBe('listing_number');
    });

    it('removes one by id and says which it was', () => {
      const id = '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d';
      const deal = aDeal({ aliases: [{ ...ALIAS, id }] });

      deal.removeAlias(id);

      expect(deal.aliases).toEqual([]);
      expect(deal.pullEvents()).toMatchObject([
        { type: 'deal.alias_removed', data: { alias_id: id, alias: 'BBS-99120', alias_type: 'listing_id' } },
      ]);
      expect(() => {
        deal.removeAlias(id);
      }).toThrow(AliasNotFoundError);
    });
  });
});
