import type { Command } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import type { QueryRunner } from 'typeorm';
import { AddAlias } from '../src/commands/add-alias/add-alias.command.js';
import { CreateDeal } from '../src/commands/create-deal/create-deal.command.js';
import { RemoveAlias } from '../src/commands/remove-alias/remove-alias.command.js';
import { UpdateDeal } from '../src/commands/update-deal/update-deal.command.js';
import { dealDetails } from './deal.builder.js';
import { DealsTestbed } from './deals-testbed.js';

const ALIAS = { alias: 'BBS-99120', aliasType: 'listing_id', confidence: 1, source: 'api' };

/** Makes the transaction fail right after its n-th statement, counted from the one that follows START TRANSACTION. */
class FaultyTransactions {
  statements: string[] = [];
  failAfter = Number.POSITIVE_INFINITY;

  constructor(dataSource: DataSource) {
    const create = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (mode) => this.wrap(create(mode));
  }

  private wrap(runner: QueryRunner): QueryRunner {
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    runner.query = (async (...args: unknown[]): Promise<unknown> => {
      const [sql] = args as [string];
      if (!runner.isTransactionActive || /^(START TRANSACTION|ROLLBACK)/.test(sql)) return query(...args);
      this.statements.push(sql);
      // Failing after COMMIT would be too late: the fault stands for a commit that did not happen.
      if (this.statements.length >= this.failAfter && sql === 'COMMIT') throw new Error('injected');
      const result = await query(...args);
      if (this.statements.length >= this.failAfter) throw new Error('injected');
      return result;
    }) as QueryRunner['query'];
    return runner;
  }
}

interface Case {
  readonly name: string;
  /** Tables that a success writes to. */
  readonly writes: readonly string[];
  readonly command: (dealId: string, aliasId: string) => Command<unknown>;
}

const CASES: readonly Case[] = [
  { name: 'CreateDeal', writes: ['deals'], command: () => new CreateDeal(dealDetails(), 'inbound', 'test') },
  { name: 'UpdateDeal', writes: ['deals'], command: (dealId) => new UpdateDeal(dealId, { displayName: 'Other' }, false, undefined) },
  { name: 'MoveDeal', writes: ['deals', 'deal_stage_history'], command: (dealId) => DealsTestbed.move(dealId, 'initial_review', 'key-1') },
  { name: 'AddAlias', writes: ['deals', 'deal_aliases'], command: (dealId) => new AddAlias(dealId, { ...ALIAS, alias: 'other' }) },
  { name: 'RemoveAlias', writes: ['deals', 'deal_aliases'], command: (dealId, aliasId) => new RemoveAlias(dealId, aliasId) },
];

describe('rollback matrix', () => {
  let bed: DealsTestbed;
  let faults: FaultyTransactions;

  beforeAll(async () => {
    bed = await DealsTestbed.create();
    faults = new FaultyTransactions(bed.get(DataSource));
  });

  afterAll(async () => {
    await bed.dispose();
  });

  it.each(CASES)('$name leaves neither change nor event nor history, after whichever statement it fails', async ({ command, writes }) => {
    faults.failAfter = Number.POSITIVE_INFINITY;
    const dealId = await bed.open();
    const { aliasId } = await bed.commands.execute(new AddAlias(dealId, ALIAS));
    const before = await bed.snapshot();

    let statements = 0;
    for (let n = 1; n === 1 || n <= statements; n += 1) {
      faults.statements = [];
      faults.failAfter = n;
      await expect(bed.commands.execute(command(dealId, aliasId))).rejects.toThrow('injected');
      expect(faults.statements).toHaveLength(n);
      expect(await bed.snapshot()).toEqual(before);
      // A statement more until COMMIT itself was refused.
      statements = faults.statements.at(-1) === 'COMMIT' ? n : n + 1;
    }

    faults.statements = [];
    faults.failAfter = Number.POSITIVE_INFINITY;
    await bed.commands.execute(command(dealId, aliasId));
    expect(faults.statements).toHaveLength(statements);
    // The matrix went through every write, the events and their tickets among them.
    for (const table of [...writes, 'events', 'outbox']) {
      expect(
        faults.statements.filter((sql) => new RegExp(`(INSERT INTO|UPDATE|DELETE FROM) "?zakops"?\\."?${table}"?\\b`).test(sql)),
      ).not.toEqual([]);
    }
  });
});
