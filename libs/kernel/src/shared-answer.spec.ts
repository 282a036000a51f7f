import { SharedAnswer } from './shared-answer.js';

/** Answers by hand, so that a test decides when. */
function setup(freshForMs?: number): {
  sut: SharedAnswer<number>;
  asked: () => number;
  answer: (n: number) => void;
  fail: (error: Error) => void;
} {
  const open: { resolve: (n: number) => void; reject: (error: Error) => void }[] = [];
  let asked = 0;
  const sut = new SharedAnswer(() => {
    asked += 1;
    return new Promise<number>((resolve, reject) => open.push({ resolve, reject }));
  }, freshForMs);
  return { sut, asked: () => asked, answer: (n) => open.shift()?.resolve(n), fail: (error) => open.shift()?.reject(error) };
}

describe(SharedAnswer.name, () => {
  it('gives one answer to all who ask while the question is open', async () => {
    const { sut, asked, answer } = setup();
    const both = Promise.all([sut.get(), sut.get()]);
    answer(1);
    expect(await both).toEqual([1, 1]);
    expect(asked()).toBe(1);
  });

  it('asks again when the answer is not fresh', async () => {
    const { sut, asked, answer } = setup();
    const first = sut.get();
    answer(1);
    await first;
    const second = sut.get();
    answer(2);
    expect(await second).toBe(2);
    expect(asked()).toBe(2);
  });

  it('gives a fresh answer again without asking', async () => {
    const { sut, asked, answer } = setup(60_000);
    const first = sut.get();
    answer(1);
    await first;
    expect(await sut.get()).toBe(1);
    expect(asked()).toBe(1);
  });

  it('tells all of a failure, and does not keep it', async () => {
    const { sut, answer, fail } = setup(60_000);
    const both = Promise.allSettled([sut.get(), sut.get()]);
    fail(new Error('away'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = sut.get();
    answer(3);
    expect(await next).toBe(3);
  });
});
