import { waitFor } from '#zakops/testing';
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
    // It measures from one tick of its own to the next, so the first piece of work may come before the first tick.
    await waitFor('a delay that was seen', async () => {
      const untilMs = performance.now() + 300;
      while (performance.now() < untilMs);
      return (await worst()) > 0.2;
    });
    sut.onApplicationShutdown();
  });
});
