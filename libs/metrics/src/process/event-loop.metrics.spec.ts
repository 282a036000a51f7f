import { setTimeout as sleep } from 'node:timers/promises';
import { Metrics } from '../metrics.js';
import { EventLoopMetrics } from './event-loop.metrics.js';

describe(EventLoopMetrics.name, () => {
  it('tells how long one piece of work held the event loop, from the first look on', async () => {
    const metrics = new Metrics();
    const sut = new EventLoopMetrics(metrics);
    const worst = async (): Promise<number> => {
      const family = (await metrics.families()).find(({ name }) => name === 'zakops_event_loop_delay_seconds');
      return family?.values.find(({ labels }) => labels['statistic'] === 'max')?.value ?? Number.NaN;
    };
    expect(await worst()).toBe(0);
    // It measures from one tick of its own to the next.
    await sleep(100);
    const untilMs = performance.now() + 300;
    while (performance.now() < untilMs);
    await sleep(100);
    expect(await worst()).toBeGreaterThan(0.2);
    sut.onApplicationShutdown();
  });
});
