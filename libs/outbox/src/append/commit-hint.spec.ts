import type { Database } from '#zakops/database';
import { CommitHint } from './commit-hint.js';

describe(CommitHint.name, () => {
  let sentAt: number[];
  let sut: CommitHint;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    sentAt = [];
    const query = (): Promise<unknown[]> => {
      sentAt.push(Date.now());
      return Promise.resolve([]);
    };
    sut = new CommitHint({ query } as unknown as Database);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** One commit per millisecond. */
  const commitFor = async (ms: number): Promise<void> => {
    for (let n = 0; n < ms; n += 1) {
      sut.give();
      await jest.advanceTimersByTimeAsync(1);
    }
  };

  it('is given at once after a commit, and once for all that come right behind it', async () => {
    sut.give();
    sut.give();
    sut.give();
    await jest.advanceTimersByTimeAsync(100);
    expect(sentAt).toEqual([0, 3]);
  });

  it('is given more rarely while commits come without a pause, and at once again after one', async () => {
    await commitFor(60);
    const pauses = sentAt.slice(1).map((at, n) => at - (sentAt[n] ?? 0));
    expect(pauses).toEqual([3, 6, 12, 12, 12, 12]);
    await jest.advanceTimersByTimeAsync(50);
    const calm = Date.now();
    await commitFor(2);
    await jest.advanceTimersByTimeAsync(50);
    expect(sentAt.filter((at) => at >= calm)).toEqual([calm, calm + 3]);
  });

  it('is given for the last commits when the process stops', async () => {
    sut.give();
    sut.give();
    await sut.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(100);
    expect(sentAt).toEqual([0, 0]);
  });
});
