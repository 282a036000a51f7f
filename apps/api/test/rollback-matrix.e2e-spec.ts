import { ModulesContainer } from '@nestjs/core';
import { PasswordHasher } from '../../../libs/operators/src/passwords/password-hasher.js';
import { FaultyTransactions } from './faulty-transactions.js';
import { LoginApi, PASSWORD } from './login-harness.js';
import { Prepared } from './rollback/prepared.js';
import { IN_PORTIONS, ONE_TRANSACTION } from './rollback/rollback-cases.js';
import { writeTicket } from './tickets.builder.js';

type Tables = Readonly<Record<string, string>>;

describe('a command with a statement that fails', () => {
  let api: LoginApi;
  let faults: FaultyTransactions;
  let given: Prepared;

  beforeAll(async () => {
    api = await LoginApi.start({ ALLOW_REGISTRATION: 'true' });
    given = new Prepared(api);
    // Each command runs many times; what a password costs is not the matter here.
    const hasher = api.app.get(PasswordHasher, { strict: false });
    jest.spyOn(hasher, 'hash').mockResolvedValue('stored');
    jest.spyOn(hasher, 'verify').mockImplementation((password) => Promise.resolve({ matches: password === PASSWORD, needsRehash: false }));
    faults = new FaultyTransactions();
    faults.install();
  });

  afterAll(async () => {
    faults.remove();
    await api.stop();
  });

  /** Every row of every table, as text; heartbeats of processes come and go. */
  const snapshot = async (): Promise<Tables> => {
    const tables = await api.database.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'zakops'::regnamespace AND relkind = 'r' AND relname NOT IN ('processes', 'figure_samples') ORDER BY relname`,
    );
    const rows = await api.database.query<{ name: string; rows: string }>(
      tables
        .map(
          ({ name }) =>
            `SELECT '${name}' AS name, coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') AS rows FROM zakops.${name} t`,
        )
        .join(' UNION ALL '),
    );
    return Object.fromEntries(rows.map(({ name, rows: text }) => [name, text]));
  };

  const changedBetween = (before: Tables, after: Tables): string[] =>
    Object.keys(after)
      .filter((name) => after[name] !== before[name])
      .sort();

  it.each(ONE_TRANSACTION)('$name leaves nothing, after whichever statement it fails', async ({ command: make, writes, fails = false }) => {
    const command = await make(given);
    const before = await snapshot();
    const execute = (): Promise<unknown> => given.run(command);

    let statements = 0;
    for (let n = 1; n === 1 || n <= statements; n += 1) {
      await faults.during(n, () => expect(execute()).rejects.toBeInstanceOf(Error));
      expect(changedBetween(before, await snapshot())).toEqual([]);
      // What failed was the commit: there is nothing behind it.
      statements = faults.statements[n - 1] === 'COMMIT' ? n : Math.max(n + 1, faults.statements.length);
    }

    await faults.during(Number.POSITIVE_INFINITY, () => (fails ? expect(execute()).rejects.toBeInstanceOf(Error) : execute()));
    // All that it wrote was behind the one commit, which has failed just now.
    expect(faults.statements.indexOf('COMMIT')).toBe(statements - 1);
    expect(faults.statements.filter((text) => text === 'COMMIT')).toHaveLength(1);
    expect(changedBetween(before, await snapshot())).toEqual([...writes, 'audit_log', 'audit_pending'].sort());
  });

  it.each(IN_PORTIONS)(
    '$name changes no dead letter without its audit, after whichever statement it fails',
    async ({ command, writes }) => {
      /** Does it to three dead letters; gives the tables that have changed, and whether it succeeded. */
      const change = async (failAt: number, reason: string): Promise<{ readonly tables: string[]; readonly isDone: boolean }> => {
        await api.database.query(
          'TRUNCATE zakops.outbox_tickets, zakops.dlq_operations, zakops.dlq_tasks, zakops.dlq_task_entries, zakops.dead_letter_archive CASCADE',
        );
        for (let letter = 0; letter < 3; letter += 1) await writeTicket(api.database, { failedAgo: '2 days' });
        const before = await snapshot();
        let isDone = true;
        await faults.during(failAt, () =>
          given.run(command(reason)).catch(() => {
            isDone = false;
          }),
        );
        return { tables: changedBetween(before, await snapshot()), isDone };
      };

      const changed = [...writes, 'audit_log', 'audit_pending'].sort();
      expect(await change(Number.POSITIVE_INFINITY, 'without a fault')).toEqual({ tables: changed, isDone: true });
      const { statements } = faults;
      let undone = 0;
      for (let n = 1; n <= statements.length; n += 1) {
        const reason = `with a fault at statement ${String(n)}`;
        const { tables, isDone } = await change(n, reason);
        if (!isDone && tables.length === 0) {
          undone += 1;
          continue;
        }
        expect([n, tables]).toEqual([n, changed]);
        const audited = await api.database.query(
          `SELECT (SELECT count(*)::int FROM zakops.outbox_tickets WHERE status = 'dead') AS dead,
                (SELECT count(*)::int FROM zakops.dlq_operation_entries) AS entries,
                (SELECT sum((details ->> 'count')::int)::int FROM zakops.audit_log
                  WHERE action LIKE 'dead_letters.%' AND details ->> 'reason' = $1) AS audited`,
          [reason],
        );
        expect([n, audited]).toEqual([n, [{ dead: 0, entries: 3, audited: 3 }]]);
      }
      // Only behind the last commit there is nothing left to undo.
      expect(undone).toBe(statements.lastIndexOf('COMMIT') + 1);
    },
  );

  it('is in one of these tables, whichever it is', () => {
    const handlers = new Set<string>();
    for (const { providers } of api.app.get(ModulesContainer).values()) {
      for (const { metatype } of providers.values()) {
        if (typeof metatype === 'function' && Reflect.hasMetadata('__commandHandler__', metatype)) handlers.add(metatype.name);
      }
    }
    const covered = new Set([...ONE_TRANSACTION, ...IN_PORTIONS].map(({ name }) => `${name.split(' ', 1)[0] ?? ''}Handler`));
    expect([...covered].sort()).toEqual([...handlers].sort());
  });
});
