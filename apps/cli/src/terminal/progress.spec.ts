import { progressLine, startProgress } from './progress.js';

describe(progressLine.name, () => {
  const line = (value: number, total: number, eta: unknown): string => progressLine('work', { value, total, eta });

  it.each([
    ['the beginning, where a time is not known', 0, 10, '0', 'work [........................................] 0/10'],
    ['the beginning, where the library says 0', 0, 10, 0, 'work [........................................] 0/10'],
    ['work without a rate', 5, 10, 'INF', 'work [####################....................] 5/10'],
    ['work that took no time', 5, 10, 'NULL', 'work [####################....................] 5/10'],
    ['a rate of nothing', 5, 10, Infinity, 'work [####################....................] 5/10'],
    ['seconds', 5, 10, 7, 'work [####################....................] 5/10, 7 s left'],
    ['minutes', 5, 10, 119, 'work [####################....................] 5/10, 2 min left'],
    ['hours', 5, 10, 7_300, 'work [####################....................] 5/10, 2 h left'],
    ['the end', 10, 10, 0, 'work [########################################] 10/10, 0 s left'],
    ['more than was counted', 12, 10, 0, 'work [########################################] 10/10, 0 s left'],
  ])('draws %s', (_what, value, total, eta, drawn) => {
    expect(line(value, total, eta)).toBe(drawn);
  });
});

describe(startProgress.name, () => {
  it.each([
    ['nobody sees it', { showsProgress: false }, 10],
    ['there is nothing to do', { showsProgress: true }, 0],
  ])('writes nothing where %s', async (_when, terminal, total) => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const progress = await startProgress('work', total, terminal);
      progress.advance(1);
      progress.stop();
      expect(write).not.toHaveBeenCalled();
    } finally {
      write.mockRestore();
    }
  });
});
