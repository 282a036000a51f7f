import { isPoison } from './history.js';
import type { ConsumerRecord, EventRow, FollowerRecord, History } from './history.js';

/** The kinds of fault, in the order of the table. */
export const FAULT_KINDS = [
  /** Acknowledged or committed, and not where it has to be. */
  'lost',
  /** There more than once. */
  'doubled',
  /** After what came later. */
  'disordered',
  /** A position that nothing has, or that a follower was not given. */
  'gap',
  /** A part of a write is there without the rest, or something that was refused is there. */
  'torn',
  /** Left waiting at the end. */
  'waiting',
  /** A dead letter without poison, or poison that is none. */
  'dead',
  /** A follower that was told to start over. */
  'reset',
  /** The audit log. */
  'audit',
  /** What the processes did that no fault explains. */
  'incident',
] as const;

/** One of {@link FAULT_KINDS}. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that is wrong. */
export interface Finding {
  readonly kind: FaultKind;
  readonly detail: string;
}

/** Holds the history of a run against the promises; gives everything that is wrong, nothing when all is well. */
export function check(history: History): readonly Finding[] {
  const checker = new Checker(history);
  return checker.findings();
}

class Checker {
  readonly #findings: Finding[] = [];
  readonly #events: ReadonlyMap<string, EventRow>;

  constructor(private readonly history: History) {
    this.#events = new Map(history.events.map((event) => [event.id, event]));
  }

  findings(): readonly Finding[] {
    this.checkWrites();
    this.checkDeals();
    this.checkLog();
    this.checkEffects();
    for (const follower of this.history.followers) this.checkFollower(follower);
    for (const consumer of this.history.consumers) this.checkConsumer(consumer);
    this.checkRest();
    return this.#findings;
  }

  private found(kind: FaultKind, detail: string): void {
    this.#findings.push({ kind, detail });
  }

  private checkWrites(): void {
    const byToken = groupBy(this.history.events, ({ token }) => token);
    for (const { token, outcome } of this.history.writes) {
      const count = byToken.get(token)?.length ?? 0;
      if (outcome === 'acknowledged' && count === 0) this.found('lost', `${token} was acknowledged and has no event`);
      if (outcome === 'refused' && count > 0) this.found('torn', `${token} was refused and has an event`);
      if (count > 1) this.found('doubled', `${token} has ${String(count)} events`);
    }
    const known = new Set(this.history.writes.map(({ token }) => token));
    for (const token of byToken.keys()) if (!known.has(token)) this.found('torn', `nobody wrote ${token}, and it has an event`);
  }

  /** The deal is the sum of its events, no more and no less. */
  private checkDeals(): void {
    const byDeal = groupBy(this.history.events, ({ dealId }) => dealId);
    const deals = new Map(this.history.deals.map((deal) => [deal.dealId, deal]));
    for (const dealId of byDeal.keys()) if (!deals.has(dealId)) this.found('torn', `${dealId} has events and no row`);
    for (const deal of deals.values()) {
      const events = (byDeal.get(deal.dealId) ?? []).toSorted((a, b) => a.seq - b.seq);
      const expected = {
        dealId: deal.dealId,
        canonicalName: events.find(({ type }) => type === 'deal.created')?.token,
        displayName: events.findLast(({ type }) => type === 'deal.updated')?.token ?? null,
        stage: events.findLast(({ type }) => type === 'deal.stage_changed')?.toStage ?? 'inbound',
        version: events.length,
      };
      if (JSON.stringify(deal) !== JSON.stringify(expected)) {
        this.found('torn', `the row ${JSON.stringify(deal)} differs from its events: ${JSON.stringify(expected)}`);
      }
      for (const [index, { seq }] of events.entries()) {
        if (seq !== index + 1) this.found('torn', `${deal.dealId} has number ${String(seq)} in place ${String(index + 1)}`);
      }
    }
  }

  private checkLog(): void {
    for (const [index, { position }] of this.history.log.entries()) {
      if (position !== index + 1) {
        this.found('gap', `the log has position ${String(position)} in place ${String(index + 1)}`);
        break;
      }
    }
    this.checkOnceInOrder(
      'the log',
      this.history.log.map(({ eventId }) => eventId),
    );
  }

  private checkEffects(): void {
    const { effects } = this.history;
    for (const id of effects) {
      const token = this.#events.get(id)?.token;
      if (token !== undefined && isPoison(token)) this.found('doubled', `the poison ${token} had an effect`);
    }
    this.checkOnceInOrder('deal_activity', effects, (event) => !isPoison(event.token));
  }

  private checkFollower({ name, received, resets }: FollowerRecord): void {
    for (const reason of resets) this.found('reset', `${name} was told to start over: ${reason}`);
    let last = 0;
    for (const { position } of received) {
      if (position > last + 1) this.found('gap', `${name} got ${String(position)} after ${String(last)}`);
      if (position < last) this.found('disordered', `${name} got ${String(position)} after ${String(last)}`);
      last = Math.max(last, position);
    }
    const positions = new Map(this.history.log.map(({ position, eventId }) => [eventId, position]));
    for (const { eventId, position, dealId } of received) {
      const wanted = positions.get(eventId);
      if (wanted !== undefined && wanted !== position) {
        this.found('disordered', `${name} got position ${String(position)} for that with ${String(wanted)}`);
      }
      const subject = this.#events.get(eventId)?.dealId;
      if (subject !== undefined && subject !== dealId) this.found('torn', `${name} got ${subject} as ${dealId}`);
    }
    this.checkOnceInOrder(
      name,
      received.map(({ eventId }) => eventId),
    );
  }

  /** At least once, never ahead of what comes before in the deal, and always by the same id. */
  private checkConsumer({ name, calls }: ConsumerRecord): void {
    const reached = new Map<string, number>();
    const deliveryIds = new Map<string, string>();
    for (const { eventId, deliveryId } of calls) {
      const event = this.#events.get(eventId);
      if (event === undefined) {
        this.found('torn', `${name} was called with the event ${eventId}, which is not there`);
        continue;
      }
      const before = reached.get(event.dealId) ?? 0;
      // A poisoned one is passed over when it is dead.
      const skipped = this.history.events.filter(
        ({ dealId, seq, token }) => dealId === event.dealId && seq > before && seq < event.seq && !isPoison(token),
      );
      if (skipped.length > 0) this.found('disordered', `${name} was called with ${event.token} before ${skipped[0]?.token ?? ''}`);
      reached.set(event.dealId, Math.max(before, event.seq));
      const known = deliveryIds.get(eventId);
      if (known !== undefined && known !== deliveryId) this.found('torn', `${name} knows ${event.token} by two ids`);
      deliveryIds.set(eventId, deliveryId);
    }
    for (const { id, token } of this.history.events) {
      if (!deliveryIds.has(id) && !isPoison(token)) this.found('lost', `${name} was never called with ${token}`);
    }
  }

  /** Every event that is wanted is there once, and those of a deal are in the order of their numbers. */
  private checkOnceInOrder(place: string, ids: readonly string[], isWanted: (event: EventRow) => boolean = () => true): void {
    const seen = new Set<string>();
    const lastSeq = new Map<string, number>();
    for (const id of ids) {
      const event = this.#events.get(id);
      if (event === undefined) {
        this.found('torn', `${place} has the event ${id}, which is not in events`);
        continue;
      }
      if (seen.has(id)) {
        this.found('doubled', `${place} has ${event.token} again`);
        continue;
      }
      seen.add(id);
      const last = lastSeq.get(event.dealId) ?? 0;
      if (event.seq < last)
        this.found('disordered', `${place} has ${event.token} (${event.dealId}, ${String(event.seq)}) after ${String(last)}`);
      lastSeq.set(event.dealId, Math.max(last, event.seq));
    }
    for (const event of this.history.events)
      if (isWanted(event) && !seen.has(event.id)) this.found('lost', `${place} lacks ${event.token}`);
  }

  private checkRest(): void {
    const { waiting, dead, events, auditProblems, incidents } = this.history;
    if (waiting > 0) this.found('waiting', `${String(waiting)} tickets wait at the end`);
    const poisoned = events.filter(({ token }) => isPoison(token)).length;
    if (dead !== poisoned) this.found('dead', `${String(dead)} dead letters, and ${String(poisoned)} poisoned events`);
    for (const problem of auditProblems) this.found('audit', problem);
    for (const incident of incidents) this.found('incident', incident);
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
