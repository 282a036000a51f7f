import { performance } from 'node:perf_hooks';
import { LoopState } from './loop-state.js';
import { LoopStates } from './loop-states.js';

describe(LoopState.name, () => {
  let nowMs: number;
  beforeEach(() => {
    nowMs = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => jest.restoreAllMocks());

  it('counts failures in a row, from the begin of the first one', () => {
    const loop = new LoopState('publishing');
    loop.begun();
    nowMs += 300;
    loop.failed(new Error('first'));
    nowMs += 700;
    loop.begun();
    loop.failed(new Error('second'));
    expect([loop.failures, loop.failingForMs, loop.lastError]).toEqual([2, 1_000, new Error('second')]);
    loop.succeeded();
    expect([loop.failures, loop.failingForMs, loop.lastError]).toEqual([0, undefined, undefined]);
  });

  it('fails when a turn does not end within two and a half seconds', () => {
    const loop = new LoopState('lease');
    loop.begun();
    nowMs += 2_500;
    expect(loop.failingForMs).toBeUndefined();
    nowMs += 1;
    expect([loop.failingForMs, loop.failures]).toEqual([2_501, 0]);
    loop.succeeded();
    nowMs += 60_000;
    expect(loop.failingForMs).toBeUndefined();
  });

  it('is not overdue between two turns', () => {
    const loop = new LoopState('lease');
    loop.begun();
    loop.succeeded();
    nowMs += 60_000;
    expect(loop.failingForMs).toBeUndefined();
  });

  it('knows nothing of a loop that does not run here any more', () => {
    const loop = new LoopState('publishing');
    loop.failed(new Error('no'));
    loop.forget();
    expect([loop.failures, loop.failingForMs, loop.lastError]).toEqual([0, undefined, undefined]);
  });

  it('tells the failing ones of several, and whether there are others than before', () => {
    const loops = new LoopStates();
    expect(loops.of('a')).toBe(loops.of('a'));
    loops.of('b').failed(new Error('no'));
    nowMs += 50;
    expect(loops.failing()).toEqual([{ loop: 'b', age_ms: 50, failures: 1, error: 'Error: no' }]);
    expect([loops.changed(), loops.changed()]).toEqual([true, false]);
    loops.of('b').failed(new Error('no'));
    expect(loops.changed()).toBe(false);
    loops.of('a').begun();
    nowMs += 6_000;
    expect([loops.changed(), loops.failing()[0]]).toEqual([
      true,
      { loop: 'a', age_ms: 6_000, failures: 0, error: 'it waits for an answer' },
    ]);
    loops.of('a').succeeded();
    loops.of('b').succeeded();
    expect([loops.changed(), loops.failing()]).toEqual([true, []]);
  });
});
