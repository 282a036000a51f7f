import type { DeliveryState, DeliveryVerdict } from './delivery-facts.js';

/** Where publication stands. */
export interface PublicationFacts {
  readonly position: number | null;
  /** A worker holds the lease. */
  readonly hasWorker: boolean;
}

/** Most urgent first: what only a person can end comes before what ends without one. */
const URGENCY: readonly DeliveryState[] = [
  'dead',
  'paused',
  'retrying',
  'waiting_behind',
  'not_reached',
  'due',
  'in_hand',
  'not_published',
];

/** The one thing that an event waits for, as a sentence; null when it waits for nothing. */
export function waitsFor({ position, hasWorker }: PublicationFacts, verdicts: readonly DeliveryVerdict[]): string | null {
  if (position === null) {
    return hasWorker ? 'It waits for the active worker to publish it.' : 'It waits to be published, and no worker is active.';
  }
  const rank = ({ state }: DeliveryVerdict): number => URGENCY.indexOf(state);
  const [first] = verdicts.filter(({ waits }) => waits).sort((a, b) => rank(a) - rank(b));
  return first?.sentence ?? null;
}

/** What became of an event, in one sentence. */
export function summarize(publication: PublicationFacts, verdicts: readonly DeliveryVerdict[]): string {
  const waiting = waitsFor(publication, verdicts);
  if (waiting !== null) return waiting;
  const delivered = verdicts.filter(({ state }) => state === 'delivered').length;
  const discarded = verdicts.find(({ state }) => state === 'discarded');
  if (discarded !== undefined) return discarded.sentence;
  if (delivered === 0) return 'It is published, and no consumer wants it.';
  return delivered === 1
    ? 'It is published and delivered to the one consumer that wants it.'
    : `It is published and delivered to all ${String(delivered)} consumers that want it.`;
}
