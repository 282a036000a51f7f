import { RepeatingTask } from './repeating-task.js';

describe(RepeatingTask.name, () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs at each interval and when it is triggered, and goes on after an error', async () => {
    const errors: unknown[] = [];
    const work = jest.fn().mockRejectedValueOnce(new Error('first')).mockResolvedValue(undefined);
    const sut = new RepeatingTask(work, (error) => errors.push(error));
    sut.start(1_000);
    expect(work).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2_000);
    expect([work.mock.calls.length, errors]).toEqual([2, [new Error('first')]]);
    sut.trigger();
    await sut.idle();
    expect(work).toHaveBeenCalledTimes(3);
    await sut.stop();
  });

  it('begins nothing after a stop, tells the present run, and resolves at its end', async () => {
    let end = (): void => undefined;
    const signals: AbortSignal[] = [];
    const sut = new RepeatingTask(
      (signal) => {
        signals.push(signal);
        return new Promise((resolve) => (end = resolve));
      },
      () => undefined,
    );
    sut.start(1_000);
    await jest.advanceTimersByTimeAsync(1_000);
    sut.trigger();
    expect([sut.isRunning, signals.map(({ aborted }) => aborted)]).toEqual([true, [false]]);
    let isOver = false;
    const stopped = sut.stop().then(() => (isOver = true));
    await jest.advanceTimersByTimeAsync(5_000);
    expect([isOver, signals.map(({ aborted }) => aborted)]).toEqual([false, [true]]);
    end();
    await stopped;
    sut.trigger();
    sut.start(1_000);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(sut.isRunning).toBe(false);
    expect(signals).toHaveLength(1);
  });
});
