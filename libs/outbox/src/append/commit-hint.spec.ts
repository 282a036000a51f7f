import type { Database, Transaction } from '#zakops/database';
import { CommitHint } from './commit-hint.js';

describe(CommitHint.name, () => {
  let sentAlone: number;
  let sut: CommitHint;

  beforeEach(() => {
    jest.useFakeTimers();
    sentAlone = 0;
    const query = (): Promise<unknown[]> => {
      sentAlone += 1;
      return Promise.resolve([]);
    };
    sut = new CommitHint({ query } as unknown as Database);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Commits a transaction; true when the hint travelled with it. */
  const commit = (): boolean => {
    let travels = false;
    const afterCommit: (() => void)[] = [];
    sut.follow({
      hintAfterCommit: () => (travels = true),
      afterCommit: (hook: () => void) => afterCommit.push(hook),
    } as unknown as Transaction);
    for (const hook of afterCommit) hook();
    return travels;
  };

  it('sends the first hint with its commit, and one on its own for all of the next milliseconds', async () => {
    expect([commit(), commit(), commit()]).toEqual([true, false, false]);
    expect(sentAlone).toBe(0);
    await jest.advanceTimersByTimeAsync(3);
    expect(sentAlone).toBe(1);
    await jest.advanceTimersByTimeAsync(100);
    expect(sentAlone).toBe(1);
    expect(commit()).toBe(true);
  });

  it('gives none for a transaction that is rolled back', async () => {
    commit();
    sut.follow({ hintAfterCommit: () => undefined, afterCommit: () => undefined } as unknown as Transaction);
    await jest.advanceTimersByTimeAsync(100);
    expect(sentAlone).toBe(0);
  });

  it('gives the last one when the process stops', async () => {
    commit();
    commit();
    await sut.onApplicationShutdown();
    expect(sentAlone).toBe(1);
  });

  it('sends each hint with its commit once the process has stopped, as no timer goes on', async () => {
    commit();
    await sut.onApplicationShutdown();
    expect([commit(), commit()]).toEqual([true, true]);
    expect([sentAlone, jest.getTimerCount()]).toEqual([0, 0]);
  });
});
