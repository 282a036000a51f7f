import { SerialTask } from './serial-task.js';

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe(SerialTask.name, () => {
  it('never overlaps, and runs once more for any number of triggers meanwhile', async () => {
    const first = gate();
    let runs = 0;
    let inside = 0;
    let most = 0;
    const task = new SerialTask(
      async () => {
        runs += 1;
        inside += 1;
        most = Math.max(most, inside);
        await first.opened;
        inside -= 1;
      },
      () => undefined,
    );
    for (let i = 0; i < 10; i += 1) task.trigger();
    expect(task.isRunning).toBe(true);
    first.open();
    await task.idle();
    expect({ runs, most }).toEqual({ runs: 2, most: 1 });
  });

  it('reports an error and can be triggered again', async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const task = new SerialTask(
      () => {
        runs += 1;
        return runs === 1 ? Promise.reject(new Error('first')) : Promise.resolve();
      },
      (error) => errors.push(error),
    );
    task.trigger();
    await task.idle();
    task.trigger();
    await task.idle();
    expect({ runs, errors }).toEqual({ runs: 2, errors: [new Error('first')] });
  });
});
