import type { Command } from '@nestjs/cqrs';
import pg from 'pg';
import { StatementBatch } from '../../database/src/statement-batch.js';
import type { BatchedStatement } from '../../database/src/statement-batch.js';
import { AddAlias } from '../src/commands/add-alias/add-alias.command.js';
import { CreateDeal } from '../src/commands/create-deal/create-deal.command.js';
import { RemoveAlias } from '../src/commands/remove-alias/remove-alias.command.js';
import { UpdateDeal } from '../src/commands/update-deal/update-deal.command.js';
import { dealDetails } from './deal.builder.js';
import { DealsTestbed } from './deals-testbed.js';

const FAILING = 'SELECT 1 / 0';
const ALIAS = { alias: 'BBS-99120', aliasType: 'listing_id', confidence: 1, source: 'api' };

/** Makes one statement of a transaction fail in the server: the n-th after BEGIN, or the commit itself. */
class FaultyTransactions {
  statements: string[] = [];
  #failAt: number | undefined;
  readonly #query = pg.Client.prototype.query;

  /** Puts itself between the system and the driver, where statements go that are sent together with others. */
  install(): void {
    const { observe } = this;
    const query = this.#query as (...args: unknown[]) => unknown;
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]): unknown {
      return query.apply(this, observe(args));
    } as typeof pg.Client.prototype.query;
  }

  remove(): void {
    pg.Client.prototype.query = this.#query;
  }

  /** Does something, with its n-th statement failing; Infinity only watches. */
  async during(n: number, work: () => Promise<unknown>): Promise<void> {
    this.statements = [];
    this.#failAt = n;
    try {
      await work();
    } finally {
      this.#failAt = undefined;
    }
  }

  private readonly observe = (args: readonly unknown[]): unknown[] => {
    const [given, ...rest] = args;
    if (this.#failAt === undefined) return [...args];
    if (given instanceof StatementBatch) {
      const { statements, commitsAtSync } = given as unknown as {
        readonly statements: readonly BatchedStatement[];
        readonly commitsAtSync: boolean;
      };
      return [
        new StatementBatch(
          statements.map((one) => this.faulty(one)),
          commitsAtSync,
        ),
      ];
    }
    // What TypeORM sends.
    const [text] = args as [string];
    const { text: sent } = this.faulty({ text, name: undefined, values: [], givesRows: true, settle: () => undefined });
    return sent === text ? [...args] : [sent, ...rest.slice(1)];
  };

  private faulty(one: BatchedStatement): BatchedStatement {
    if (/^(BEGIN|ROLLBACK)$/.test(one.text) || one.text.includes('pg_notify')) return one;
    this.statements.push(one.text);
    if (this.statements.length !== this.#failAt) return one;
    // A commit that does not happen: the server ends the transaction and says so.
    return { ...one, text: one.text === 'COMMIT' ? 'ROLLBACK' : FAILING, name: undefined, values: [] };
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
    faults = new FaultyTransactions();
    faults.install();
  });

  afterAll(async () => {
    faults.remove();
    await bed.dispose();
  });

  it.each(CASES)('$name leaves neither change nor event nor history, after whichever statement it fails', async ({ command, writes }) => {
    const dealId = await bed.open();
    const { aliasId } = await bed.commands.execute(new AddAlias(dealId, ALIAS));
    const before = await bed.snapshot();

    let statements = 0;
    for (let n = 1; n === 1 || n <= statements; n += 1) {
      await faults.during(n, () => expect(bed.commands.execute(command(dealId, aliasId))).rejects.toBeInstanceOf(Error));
      expect(await bed.snapshot()).toEqual(before);
      // What failed was the commit: there is nothing behind it.
      statements = faults.statements[n - 1] === 'COMMIT' ? n : Math.max(n + 1, faults.statements.length);
    }

    await faults.during(Number.POSITIVE_INFINITY, () => bed.commands.execute(command(dealId, aliasId)));
    expect(faults.statements).toHaveLength(statements);
    expect(faults.statements.at(-1)).toBe('COMMIT');
    // The matrix went through every write, the events and their tickets among them.
    for (const table of [...writes, 'events', 'outbox_waiting']) {
      expect(
        faults.statements.filter((sql) => new RegExp(`(INSERT INTO|UPDATE|DELETE FROM) "?zakops"?\\."?${table}"?\\b`).test(sql)),
      ).not.toEqual([]);
    }
  });
});
