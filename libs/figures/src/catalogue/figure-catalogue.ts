/** What a figure is: a gauge is the state of the system at an instant, a counter is what all processes counted meanwhile. */
export interface FigureDefinition {
  readonly kind: 'gauge' | 'counter';
  readonly unit: 'seconds' | 'milliseconds' | 'count' | 'position';
  readonly help: string;
  /** It also exists for each consumer, as `<name>:<consumer>`. */
  readonly byConsumer?: boolean;
}

/** Upper bounds of the kept latencies in milliseconds; what took longer counts in `http.slower`. */
export const LATENCY_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;

const gauge = (unit: FigureDefinition['unit'], help: string, byConsumer = false): FigureDefinition => ({
  kind: 'gauge',
  unit,
  help,
  byConsumer,
});
const counter = (help: string): FigureDefinition => ({ kind: 'counter', unit: 'count', help });

/** The figures whose past is kept. A lib that contributes one adds its name here, so that every process knows all of them. */
export const FIGURES = {
  'outbox.oldest_due_age': gauge('seconds', 'For how long the oldest ticket that nothing holds back has been due; 0 when none is.', true),
  'outbox.pending': gauge('count', 'Tickets that were not tried yet.', true),
  'outbox.failed': gauge('count', 'Tickets that wait for their retry.', true),
  'outbox.processing': gauge('count', 'Tickets in the hands of a consumer.', true),
  'outbox.waiting': gauge('count', 'Pending tickets behind another one of their aggregate.', true),
  'outbox.dead': gauge('count', 'Dead letters.', true),
  'outbox.position': gauge('position', 'The last position of the event log.'),
  'outbox.leader_alive': gauge('count', 'Whether a worker holds the lease: 1 or 0.'),
  'deliveries.pauses': gauge('count', 'Pauses in force.'),
  'processes.api': gauge('count', 'API processes alive.'),
  'processes.workers': gauge('count', 'Workers alive.'),
  'streams.open': gauge('count', 'Open event streams of all API processes.'),
  'database.response_ms': gauge('milliseconds', 'How long the statement of the sampling process took.'),
  'http.requests': counter('Requests answered, probes left out.'),
  'http.errors': counter('Answers with a status of 500 or more.'),
  'http.slower': counter('Requests that took longer than the largest bound of latency.'),
  'events.published': counter('Events that got their position.'),
  'deliveries.delivered': counter('Deliveries that succeeded.'),
  'deliveries.failed': counter('Attempts at deliveries that failed.'),
  'streams.frames': counter('Events written to streams, counted per stream.'),
  'streams.opened': counter('Event streams opened.'),
  'streams.closed_client': counter('Event streams that their clients closed.'),
  'streams.closed_slow': counter('Event streams cut off because their clients were too slow.'),
  'streams.closed_unauthorized': counter('Event streams ended because their readers lost access.'),
  'streams.closed_other': counter('Event streams that ended for another cause.'),
} as const satisfies Readonly<Record<string, FigureDefinition>>;

/** One of {@link FIGURES}. */
export type FigureName = keyof typeof FIGURES;

/** A counter of latencies: `http.le_50` are the requests that took more than 25 ms and at most 50 ms. */
export type LatencyFigure = `http.le_${(typeof LATENCY_BOUNDS_MS)[number]}`;

/** The name under which a sample keeps a figure: of the catalogue, of one consumer, or of a latency. */
export type FigureKey = FigureName | `${FigureName}:${string}` | LatencyFigure;
