import { HashQueue, TooManyHashesError } from './hash-queue.js';

/** Work that ends when it is told to. */
function job(): { work: () => Promise<string>; started: () => boolean; finish: (how?: 'well' | 'badly') => void } {
  let started = false;
  let settle: { resolve: (value: string) => void; reject: (error: Error) => void } | undefined;
  return {
    work: () => {
      started = true;
      return new Promise((resolve, reject) => (settle = { resolve, reject }));
    },
    started: () => started,
    finish: (how = 'well') => {
      if (how === 'well') settle?.resolve('done');
      else settle?.reject(new Error('broken'));
    },
  };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

describe(HashQueue.name, () => {
  it('runs four at once, lets the next wait in order, and refuses what is too much with 429 and a time to come back', async () => {
    const sut = new HashQueue(4, 2);
    const jobs = Array.from({ length: 7 }, job);
    const runs = jobs.slice(0, 6).map(({ work }) => sut.run(work));
    const refused = sut.run(jobs[6]?.work ?? (() => Promise.resolve('')));
    await expect(refused).rejects.toMatchObject({ name: TooManyHashesError.name, code: 'RATE_LIMITED', retryAfterSeconds: 2 });
    expect(jobs.map(({ started }) => started())).toEqual([true, true, true, true, false, false, false]);

    jobs[2]?.finish();
    await turns();
    expect(jobs.map(({ started }) => started())).toEqual([true, true, true, true, true, false, false]);
    for (const { finish } of jobs) finish();
    await turns();
    for (const { finish } of jobs) finish();
    await turns();
    jobs[5]?.finish();
    expect(await Promise.all(runs)).toEqual(Array(6).fill('done'));
  });

  it('gives the place back when the work fails', async () => {
    const sut = new HashQueue(1, 1);
    const [first, second] = [job(), job()];
    const failing = sut.run(first.work);
    const waiting = sut.run(second.work);
    first.finish('badly');
    await expect(failing).rejects.toThrow('broken');
    await turns();
    second.finish();
    expect(await waiting).toBe('done');
    expect(await sut.run(() => Promise.resolve('free again'))).toBe('free again');
  });

  it('takes turns by line, and lets the last of the longest line give way in a full queue', async () => {
    const sut = new HashQueue(1, 4);
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const outcomes: Promise<string>[] = [];
    const send = (name: string, line: string): void => {
      const work = (): Promise<string> => {
        begun.push(name);
        return new Promise((resolve) => {
          ends.push(() => {
            resolve(name);
          });
        });
      };
      outcomes.push(sut.run(work, line).catch((error: unknown) => (error instanceof TooManyHashesError ? 'refused' : 'broken')));
    };
    for (const n of [1, 2, 3, 4, 5, 6]) send(`flood ${String(n)}`, 'one');
    send('honest', 'two');
    send('also honest', 'three');
    for (let n = 0; n < 8; n += 1) {
      ends.shift()?.();
      await turns();
    }
    expect(await Promise.all(outcomes)).toEqual([
      'flood 1',
      'flood 2',
      'flood 3',
      'refused',
      'refused',
      'refused',
      'honest',
      'also honest',
    ]);
    expect(begun).toEqual(['flood 1', 'flood 2', 'honest', 'also honest', 'flood 3']);
  });
});
