import { UnitOfWork } from '#zakops/database';
import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { AnswerCleaner } from './answer-cleaner.js';
import { AnswerStore } from './answer.store.js';
import { IdempotencyConfig } from './idempotency.config.js';

const ANSWER = { status: 201, headers: { Location: '/x' }, body: '{"2":1,"1":2}', isSecret: false };

describe(AnswerStore.name, () => {
  let database: TestDatabase;
  let module: INestApplicationContext;
  let sut: AnswerStore;
  let unitOfWork: UnitOfWork;

  beforeEach(async () => {
    database = await createTestDatabase();
    module = await startModules(database.url, {
      settings: [IdempotencyConfig],
      providers: [AnswerStore, AnswerCleaner],
      env: { IDEMPOTENCY_KEY_HOURS: '2' },
    });
    sut = module.get(AnswerStore);
    unitOfWork = module.get(UnitOfWork);
  });

  afterEach(async () => {
    await module.close();
    await database.drop();
  });

  const call = (): { scope: Buffer; input: Buffer } => ({ scope: randomBytes(32), input: randomBytes(32) });

  it('never gives a key to two, nor misses the answer of one who let it go a moment ago', async () => {
    for (let round = 0; round < 150; round += 1) {
      const keyed = call();
      const states = await Promise.all(
        Array.from({ length: 10 }, async (_, n) => {
          // Some come in while others commit.
          for (let turn = 0; turn < n; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          return unitOfWork.run(async (tx) => {
            const claim = await sut.claim(tx, keyed.scope);
            if (claim.state === 'new') tx.atCommit(sut.storing(keyed, ANSWER));
            return claim.state;
          });
        }),
      );
      expect(states.filter((state) => state === 'new')).toHaveLength(1);
    }
  });

  it('gives back an answer as it was stored, for as long as it is kept', async () => {
    const keyed = call();
    await unitOfWork.run(async (tx) => {
      tx.atCommit(sut.storing(keyed, ANSWER));
      return Promise.resolve();
    });

    expect(await unitOfWork.run((tx) => sut.claim(tx, keyed.scope))).toEqual({ state: 'answered', input: keyed.input, answer: ANSWER });
    expect(
      await database.query(`SELECT round(extract(epoch FROM expires_at - now()) / 3600)::int AS hours FROM zakops.idempotency_keys`),
    ).toEqual([{ hours: 2 }]);
  });

  it('holds a key while its transaction is open, and lets it go with a connection that breaks', async () => {
    const keyed = call();
    const holder = await database.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock($1)', [keyed.scope.readBigInt64BE(0)]);
    expect(await unitOfWork.run((tx) => sut.claim(tx, keyed.scope))).toEqual({ state: 'taken' });

    const [row] = (await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    // As after a kill -9 of the process: the server waits for the end of the backend.
    await database.query('SELECT pg_terminate_backend($1, 5000)', [row?.pid]);

    expect(await unitOfWork.run((tx) => sut.claim(tx, keyed.scope))).toEqual({ state: 'new' });
  });

  it('does not keep an answer for longer because the clock of the database was set back', async () => {
    const keyed = call();
    const store = (): Promise<void> =>
      unitOfWork.run((tx) => {
        tx.atCommit(sut.storing(keyed, ANSWER));
        return Promise.resolve();
      });
    await store();
    await database.query(`UPDATE zakops.idempotency_keys SET expires_at = expires_at + interval '1 day'`);

    expect(await unitOfWork.run((tx) => sut.claim(tx, keyed.scope))).toEqual({ state: 'new' });
    await module.get(AnswerCleaner).clean();
    expect(await database.query('SELECT count(*)::int AS n FROM zakops.idempotency_keys')).toEqual([{ n: 0 }]);

    await store();
    expect(await unitOfWork.run((tx) => sut.claim(tx, keyed.scope))).toMatchObject({ state: 'answered' });
  });

  it('is cleaned of what is no longer kept, and of nothing else', async () => {
    await database.query(
      `INSERT INTO zakops.idempotency_keys (scope, input, status, headers, is_secret, expires_at)
       SELECT decode(md5(n::text), 'hex'), '', 200, '{}', false, now() + CASE n WHEN 1 THEN interval '1 hour' ELSE interval '-1 second' END
         FROM generate_series(1, 2500) n`,
    );

    await module.get(AnswerCleaner).clean();

    expect(await database.query('SELECT count(*)::int AS n FROM zakops.idempotency_keys')).toEqual([{ n: 1 }]);
  });
});
