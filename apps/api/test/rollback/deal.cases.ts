import { AddAlias } from '../../../../libs/deals/src/commands/add-alias/add-alias.command.js';
import { ArchiveDeal } from '../../../../libs/deals/src/commands/archive-deal/archive-deal.command.js';
import { ArchiveDeals } from '../../../../libs/deals/src/commands/archive-deals/archive-deals.command.js';
import { DeleteDeal } from '../../../../libs/deals/src/commands/delete-deal/delete-deal.command.js';
import { MergeDeal } from '../../../../libs/deals/src/commands/merge-deal/merge-deal.command.js';
import { RemoveGuard } from '../../../../libs/deals/src/commands/remove-guard/remove-guard.command.js';
import { RestoreDeal } from '../../../../libs/deals/src/commands/restore-deal/restore-deal.command.js';
import { SaveGuard } from '../../../../libs/deals/src/commands/save-guard/save-guard.command.js';
import { UndeleteDeal } from '../../../../libs/deals/src/commands/undelete-deal/undelete-deal.command.js';
import { CancelImport } from '../../../../libs/deals/src/commands/cancel-import/cancel-import.command.js';
import { StartImport } from '../../../../libs/deals/src/commands/start-import/start-import.command.js';
import { SetStageLimits } from '../../../../libs/deals/src/commands/set-stage-limits/set-stage-limits.command.js';
import { SnoozeDeal } from '../../../../libs/deals/src/commands/snooze-deal/snooze-deal.command.js';
import { UnsnoozeDeal } from '../../../../libs/deals/src/commands/unsnooze-deal/unsnooze-deal.command.js';
import { CreateDeal } from '../../../../libs/deals/src/commands/create-deal/create-deal.command.js';
import { MoveDeal } from '../../../../libs/deals/src/commands/move-deal/move-deal.command.js';
import { RemoveAlias } from '../../../../libs/deals/src/commands/remove-alias/remove-alias.command.js';
import { UpdateDeal } from '../../../../libs/deals/src/commands/update-deal/update-deal.command.js';
import { dealDetails } from '../../../../libs/deals/test/deal.builder.js';
import type { RollbackCase } from './rollback-case.js';

const IMPORTED = [{ line: 2, given: { canonical_name: 'imported' }, code: null, field: null, detail: null }];
const ALIAS = { alias: 'BBS-99120', aliasType: 'listing_id', confidence: 1, source: 'api' };

/** Commands of deals. */
export function dealCases(): readonly RollbackCase[] {
  const events = ['deals', 'events', 'outbox_waiting'];
  return [
    {
      name: 'CreateDeal',
      writes: [...events, 'search_deals', 'search_words'],
      command: () => Promise.resolve(new CreateDeal(dealDetails(), 'inbound', 'test')),
    },
    {
      name: 'UpdateDeal',
      writes: [...events, 'search_deals', 'search_words'],
      command: async (given) => new UpdateDeal(await given.deal(), { displayName: 'Other' }, false, undefined),
    },
    {
      name: 'MoveDeal',
      writes: [...events, 'deal_stage_history'],
      command: async (given) => new MoveDeal(await given.deal(), 'initial_review', null, 'key-1', 'ann@example.com', undefined),
    },
    { name: 'AddAlias', writes: [...events, 'deal_aliases'], command: async (given) => new AddAlias(await given.deal(), ALIAS) },
    {
      name: 'ArchiveDeal',
      writes: events,
      command: async (given) => new ArchiveDeal(await given.deal(), 'ann@example.com', null, undefined),
    },
    {
      name: 'ArchiveDeals',
      writes: events,
      command: async (given) => new ArchiveDeals([await given.deal(), await given.deal()], 'ann@example.com', null),
    },
    {
      name: 'RestoreDeal',
      writes: events,
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new ArchiveDeal(dealId, 'ann@example.com', null, undefined));
        return new RestoreDeal(dealId, 'ann@example.com', undefined);
      },
    },
    {
      name: 'DeleteDeal',
      writes: events,
      command: async (given) => new DeleteDeal(await given.deal(), 'ann@example.com', null, undefined),
    },
    {
      name: 'UndeleteDeal',
      writes: events,
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new DeleteDeal(dealId, 'ann@example.com', null, undefined));
        return new UndeleteDeal(dealId, 'ann@example.com', undefined);
      },
    },
    {
      name: 'MergeDeal',
      writes: [...events, 'deal_aliases'],
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new AddAlias(dealId, ALIAS));
        return new MergeDeal(dealId, await given.deal(), 'ann@example.com', null, undefined);
      },
    },
    {
      name: 'SnoozeDeal',
      writes: events,
      command: async (given) =>
        new SnoozeDeal(await given.deal(), new Date().toISOString().slice(0, 10), 'away', 'ann@example.com', undefined),
    },
    {
      name: 'UnsnoozeDeal',
      writes: events,
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new SnoozeDeal(dealId, new Date().toISOString().slice(0, 10), 'away', 'ann@example.com', undefined));
        return new UnsnoozeDeal(dealId, 'ann@example.com', undefined);
      },
    },
    {
      name: 'StartImport',
      writes: ['deal_imports', 'deal_import_rows'],
      command: () => Promise.resolve(new StartImport(IMPORTED, true, { type: 'system', id: 'test' }, 'ann@example.com')),
    },
    {
      name: 'CancelImport',
      writes: ['deal_imports'],
      command: async (given) => {
        const { id } = await given.run(new StartImport(IMPORTED, true, { type: 'system', id: 'test' }, 'ann@example.com'));
        return new CancelImport(id);
      },
    },
    { name: 'SetStageLimits', writes: ['stage_limits'], command: () => Promise.resolve(new SetStageLimits({ inbound: 7 }, undefined)) },
    {
      name: 'SaveGuard',
      writes: ['deal_guards'],
      command: () => Promise.resolve(new SaveGuard(undefined, { toStage: 'closing', rule: 'nda_signed', message: 'Sign.' }, undefined)),
    },
    {
      name: 'RemoveGuard',
      writes: ['deal_guards'],
      command: async (given) => {
        const guard = await given.run(new SaveGuard(undefined, { toStage: 'closing', rule: 'nda_signed', message: 'Sign.' }, undefined));
        return new RemoveGuard(guard.id);
      },
    },
    {
      name: 'RemoveAlias',
      writes: [...events, 'deal_aliases'],
      command: async (given) => {
        const dealId = await given.deal();
        const { alias } = await given.run(new AddAlias(dealId, ALIAS));
        return new RemoveAlias(dealId, alias.id);
      },
    },
  ];
}
