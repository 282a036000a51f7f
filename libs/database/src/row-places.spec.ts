import { HeldPlaces, NoPlaceError, RowPlaces } from './row-places.js';

const LOCK = 'SELECT 1 FROM deals WHERE id = $1 FOR UPDATE';

describe(RowPlaces.name, () => {
  it('gives a quarter of the pool to one row, and places of their own to others', () => {
    const sut = new RowPlaces(8);
    expect([sut.take('a'), sut.take('a'), sut.take('a'), sut.take('b')]).toEqual([true, true, false, true]);
  });

  it('gives a place on to who waits longest', async () => {
    const sut = new RowPlaces(4);
    sut.take('a');
    const order: number[] = [];
    const waits = [1, 2].map((n) => sut.wait('a', 60_000).then(() => order.push(n)));
    sut.giveBack('a');
    await waits[0];
    expect(order).toEqual([1]);
    expect(sut.take('a')).toBe(false);
    sut.giveBack('a');
    await waits[1];
    sut.giveBack('a');
    expect(sut.take('a')).toBe(true);
  });

  it('refuses at once when a hundred wait, and after the limit', async () => {
    jest.useFakeTimers();
    try {
      const sut = new RowPlaces(4);
      sut.take('a');
      const waits = Array.from({ length: 100 }, () => sut.wait('a', 5_000).catch((error: unknown) => error));
      await expect(sut.wait('a', 5_000)).rejects.toMatchObject({ category: 'unavailable' });
      jest.advanceTimersByTime(5_000);
      expect(await Promise.all(waits)).toEqual(Array(100).fill(expect.objectContaining({ category: 'unavailable' })));
    } finally {
      jest.useRealTimers();
    }
  });
});

describe(HeldPlaces.name, () => {
  it('counts statements that lock one row, once for each transaction, until it is over', () => {
    const all = new RowPlaces(4);
    const [first, second] = [new HeldPlaces(all), new HeldPlaces(all)];
    first.enter(LOCK, ['1']);
    first.enter(LOCK, ['1']);
    second.enter(LOCK, ['2']);
    second.enter('SELECT 1 FROM deals WHERE id = $1', ['1']);
    second.enter(`${LOCK} SKIP LOCKED`, ['1']);
    expect(() => {
      second.enter(LOCK, ['1']);
    }).toThrow(NoPlaceError);
    first.leave();
    second.enter(LOCK, ['1']);
  });
});
