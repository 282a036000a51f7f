import { KeyedPlaces, PLACE_WAIT_MS, Places } from './places.js';

describe(Places.name, () => {
  it('gives a place on to the caller that has waited longest', async () => {
    const sut = new Places(1);
    sut.take();
    const order: number[] = [];
    const waits = [1, 2].map((n) => sut.wait(60_000).then(() => order.push(n)));
    sut.giveBack();
    await waits[0];
    expect(order).toEqual([1]);
    expect(sut.take()).toBe(false);
    sut.giveBack();
    await waits[1];
    sut.giveBack();
    expect(sut.isUnused).toBe(true);
  });

  it('refuses at once when as many wait as may, and after the limit', async () => {
    jest.useFakeTimers();
    try {
      const sut = new Places(1, 100);
      sut.take();
      const waits = Array.from({ length: 100 }, () => sut.wait(5_000).catch((error: unknown) => error));
      await expect(sut.wait(5_000)).rejects.toMatchObject({ category: 'unavailable', retryAfterSeconds: 5 });
      jest.advanceTimersByTime(5_000);
      expect(await Promise.all(waits)).toEqual(Array(100).fill(expect.objectContaining({ category: 'unavailable' })));
    } finally {
      jest.useRealTimers();
    }
  });

  it('is crowded while somebody waits for the last place, and for a while after a refusal', async () => {
    jest.useFakeTimers();
    try {
      const sut = new Places(1);
      sut.take();
      expect(sut.isCrowded).toBe(false);
      const wait = expect(sut.wait(1_000)).rejects.toMatchObject({ category: 'unavailable' });
      expect(sut.isCrowded).toBe(true);
      await jest.advanceTimersByTimeAsync(1_000);
      await wait;
      expect(sut.isCrowded).toBe(true);
      await jest.advanceTimersByTimeAsync(PLACE_WAIT_MS);
      expect(sut.isCrowded).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });

  it('stands still while every place is held by the same callers and others ask in vain', async () => {
    const sut = new Places(1);
    sut.take();
    expect(sut.stoodStill()).toBe(false);
    await expect(sut.wait(0)).rejects.toMatchObject({ category: 'unavailable' });
    expect(sut.stoodStill()).toBe(true);
    expect(sut.stoodStill()).toBe(false);
    const wait = sut.wait(60_000);
    expect(sut.stoodStill()).toBe(true);
    sut.giveBack();
    await wait;
    expect(sut.stoodStill()).toBe(false);
  });
});

describe(KeyedPlaces.name, () => {
  it('has places of its own for each key', async () => {
    const sut = new KeyedPlaces(2);
    expect([sut.take('a'), sut.take('a'), sut.take('a'), sut.take('b')]).toEqual([true, true, false, true]);
    const wait = sut.wait('a', 60_000);
    expect(sut.waiting).toBe(1);
    sut.giveBack('a');
    await wait;
    expect([sut.waiting, sut.take('a')]).toEqual([0, false]);
  });
});
