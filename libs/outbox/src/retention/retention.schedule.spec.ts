import type { ProcessHeartbeat } from '#zakops/processes';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Leadership } from '../lease/leadership.js';
import type { Retention } from './retention.js';
import { RetentionSchedule } from './retention.schedule.js';

describe(RetentionSchedule.name, () => {
  it('runs every minute until the process stops', async () => {
    jest.useFakeTimers();
    const run = jest.fn(() => Promise.resolve());
    const loop = { succeeded: jest.fn(), failed: jest.fn(), forget: jest.fn() };
    const sut = new RetentionSchedule(
      { run } as unknown as Retention,
      { fence: '1' } as Leadership,
      { loop: () => loop } as unknown as ProcessHeartbeat,
      new SchedulerRegistry(),
    );
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(180_000);
    expect(run).toHaveBeenCalledTimes(3);
    await sut.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(180_000);
    expect(run).toHaveBeenCalledTimes(3);
    jest.useRealTimers();
  });
});
