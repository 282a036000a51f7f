import type { LoadedConfig } from '#zakops/config';
import { RuntimeConfig } from '#zakops/config';
import { Database, DatabaseConfig, DatabaseConnector, UnitOfWork } from '#zakops/database';
import { Metrics } from '#zakops/metrics';
import { OutboxConfig } from '#zakops/outbox';
import { ProcessIdentity } from '#zakops/processes';
import type { INestApplicationContext } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsumerRunner } from '../../libs/outbox/src/consume/consumer-runner.js';
import type { RegisteredConsumer } from '../../libs/outbox/src/consume/consumer.registry.js';
import { CursorStore } from '../../libs/outbox/src/consume/cursor.store.js';
import { LogReaders } from '../../libs/outbox/src/log/log-readers.js';
import { ReplayStore } from '../../libs/outbox/src/replay/replay.store.js';
import type { Delivery } from '../../libs/outbox/src/tickets/delivery.js';
import { LogReader } from '../../libs/outbox/src/consume/log.reader.js';
import { RunnerTools } from '../../libs/outbox/src/consume/runner-tools.js';
import { HeldTicketStore } from '../../libs/outbox/src/pauses/held-ticket.store.js';
import { PauseWatch } from '../../libs/outbox/src/pauses/pause-watch.js';
import { RateMeter } from '../../libs/outbox/src/relay/rate-meter.js';
import { CrashPoints } from '../../libs/outbox/src/crash-points.js';
import { Leadership } from '../../libs/outbox/src/lease/leadership.js';
import { TakeOver } from '../../libs/outbox/src/relay/take-over.js';
import { WorkerLease } from '../../libs/outbox/src/lease/worker-lease.js';
import { LogEpoch } from '../../libs/outbox/src/log/log-epoch.js';
import { PostgresEventLog } from '../../libs/outbox/src/log/postgres-event-log.js';
import { Publisher } from '../../libs/outbox/src/publish/publisher.js';
import { RelayMetrics } from '../../libs/outbox/src/metrics/relay.metrics.js';
import { TicketStore } from '../../libs/outbox/src/tickets/ticket.store.js';
import { PostgresWakeSignal } from '../../libs/outbox/src/wake/postgres-wake-signal.js';

const MOST_CONSUMERS = 3;

/** The product's own publisher and consumers, without the schedule around them. */
export class RelayBench {
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly tools: RunnerTools,
    private readonly publisher: Publisher,
    private readonly leadership: Leadership,
    private readonly consumers: readonly RegisteredConsumer[],
  ) {
    this.#heartbeat = setInterval(() => void leadership.maintain(() => ({})), 1_000);
  }

  static async open(app: INestApplicationContext, config: LoadedConfig): Promise<RelayBench> {
    const [database, unitOfWork, outbox] = [app.get(Database), app.get(UnitOfWork), config.get(OutboxConfig)];
    const identity = new ProcessIdentity('outbox-worker', config.get(RuntimeConfig));
    const leadership = new Leadership(new WorkerLease(database), new LogEpoch(database), identity);
    const outcome = await leadership.maintain(() => ({}));
    if (outcome.is !== 'gained') throw new Error('Another worker is active.');
    const wake = new PostgresWakeSignal(
      outbox,
      config.get(DatabaseConfig),
      app.get(DatabaseConnector),
      database,
      config.get(RuntimeConfig),
    );
    const consumers = Array.from({ length: MOST_CONSUMERS }, (_, n) => ({
      name: `bench-${String(n)}`,
      eventsRegex: '^(?:deal\\..*)$',
      isWanted: () => true,
      blockingRegex: null,
      isBlocking: () => false,
      // Retries come at once: what is measured is work and not waiting.
      retryDelaysOf: () => [0, 0, 0, 0],
      startAfter: 0,
      concurrency: 1,
      instance: { handle: () => Promise.resolve() },
    }));
    await new TakeOver(unitOfWork, outbox).run(outcome.lease.fence, consumers, false);
    leadership.ready(outcome.lease.fence);
    const heldTickets = new HeldTicketStore(database, unitOfWork);
    const tools = new RunnerTools(
      new LogReader(new PostgresEventLog(database, wake, outbox), outbox),
      new CursorStore(database),
      new TicketStore(database),
      unitOfWork,
      leadership,
      outbox,
      new RelayMetrics(new Metrics()),
      new CrashPoints(outbox),
      new PauseWatch(heldTickets),
      heldTickets,
      new ReplayStore(database),
      new LogReaders(),
    );
    return new RelayBench(tools, new Publisher(database, new CrashPoints(outbox)), leadership, consumers);
  }

  /** Publishes until so many events are published. */
  async publishAll(events: number): Promise<number> {
    this.publisher.forget();
    let total = 0;
    while (total < events) {
      const { published, head } = await this.publisher.publish(this.leadership.fence ?? '', this.tools.config.batchSize);
      this.tools.reader.published(head, []);
      total += published;
    }
    return total;
  }

  /**
   * Lets consumers that do nothing read the whole log, until each event is delivered or dead.
   *
   * @param percent - of events that fail
   * @param failures - how often they fail, whenever they are tried unless given
   * @returns deliveries of all consumers, dead ones included
   */
  async consume(events: number, count: number, percent = 0, failures = Infinity): Promise<number> {
    const isPoison = (id: string): boolean => Number.parseInt(id.slice(-4), 16) % 100 < percent;
    const done = Array.from({ length: count }, () => new Set<string>());
    let over: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (over = resolve));
    this.tools.reader.forget();
    const runners = this.consumers.slice(0, count).map((consumer, n) => {
      let left = events;
      const tell = (handled: number): void => {
        left -= handled;
        if (left === 0 && --count === 0) over();
      };
      const handle = ({ event, attempt }: Delivery): Promise<void> => {
        if (percent === 0 || !isPoison(event.id) || attempt > failures) return Promise.resolve();
        if (attempt === this.tools.config.maxAttempts) done[n]?.add(event.id);
        return Promise.reject(new Error('poison'));
      };
      const tools = Object.assign(Object.create(this.tools) as RunnerTools, { delivered: new RateMeter() });
      tools.delivered.add = (amount): void => {
        tell(amount + (done[n]?.size ?? 0));
        done[n]?.clear();
      };
      return new ConsumerRunner({ ...consumer, instance: { handle } }, tools, {
        succeeded: () => undefined,
        failed: (error) => {
          throw error;
        },
      });
    });
    const total = events * runners.length;
    for (const runner of runners) runner.begin();
    const poll = setInterval(() => {
      for (const runner of runners) runner.wakeForTickets();
    }, 5);
    await finished;
    clearInterval(poll);
    await Promise.all(runners.map((runner) => runner.stop(1_000)));
    return total;
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await sleep(0);
    await this.leadership.release();
  }
}
