import type { BehindFacts, DeliveryFacts, DeliveryState, DeliveryVerdict, TicketFacts } from './delivery-facts.js';

/** The operations after which a dead letter is gone. */
const DISCARDS: readonly string[] = ['purge', 'purge_old', 'resubmit'];

/** States in which something has to happen before the consumer has the event. */
const WAITING: readonly DeliveryState[] = [
  'not_published',
  'not_reached',
  'waiting_behind',
  'due',
  'in_hand',
  'retrying',
  'paused',
  'dead',
];

/** Says in which state an event is at a consumer, and why, in one sentence. */
export function judgeDelivery(facts: DeliveryFacts): DeliveryVerdict {
  const state = stateOf(facts);
  return { state, sentence: SENTENCES[state](facts), waits: WAITING.includes(state) };
}

function stateOf(facts: DeliveryFacts): DeliveryState {
  const { ticket, consumerState, position } = facts;
  if (ticket !== null) return stateOfTicket(facts, ticket);
  if (facts.lastOperation !== null && DISCARDS.includes(facts.lastOperation.kind)) return 'discarded';
  if (consumerState === 'removed') return 'removed';
  if (!facts.isWanted) return 'not_wanted';
  if (position === null) return 'not_published';
  if (position <= facts.startedAfter) return 'before_start';
  if (position <= facts.cursor) return 'delivered';
  return facts.pause === null ? 'not_reached' : 'paused';
}

function stateOfTicket({ behind, pause }: DeliveryFacts, { status }: TicketFacts): DeliveryState {
  switch (status) {
    case 'delivered':
      return 'delivered';
    case 'dead':
      return 'dead';
    case 'processing':
      return 'in_hand';
    case 'failed':
      if (pause !== null) return 'paused';
      return behind === null ? 'retrying' : 'waiting_behind';
    case 'pending':
      if (pause !== null) return 'paused';
      return behind === null ? 'due' : 'waiting_behind';
  }
}

const SENTENCES: Readonly<Record<DeliveryState, (facts: DeliveryFacts) => string>> = {
  not_published: ({ consumer }) => `${consumer} gets it after it is published.`,
  not_reached: ({ consumer, position, cursor, isRunning }) => {
    const before = (position ?? 0) - cursor - 1;
    const work = before === 0 ? 'it is the next event' : `${events(before)} before it`;
    return `${consumer} has not come to it: ${work}${isRunning ? '' : ', and no active worker runs the consumer'}.`;
  },
  waiting_behind: ({ consumer, behind }) => `At ${consumer} it waits behind ${describe(behind)}.`,
  due: ({ consumer, isRunning }) => `Its ticket at ${consumer} is due now${isRunning ? '' : ', and no active worker runs the consumer'}.`,
  in_hand: ({ consumer }) => `${consumer} has it in hand.`,
  retrying: ({ consumer, ticket }) =>
    `${consumer} failed ${times(ticket?.attempts ?? 0)} (${ticket?.reasonCode ?? 'unknown'}); ${next(ticket?.dueInSeconds ?? null)}.`,
  paused: ({ consumer, pause }) =>
    `Deliveries of it to ${consumer} are paused until ${pause?.until.toISOString() ?? ''}: ${pause?.reason ?? ''}`,
  dead: ({ consumer, ticket }) =>
    `It is a dead letter of ${consumer} after ${attempts(ticket?.attempts ?? 0)} (${ticket?.reasonCode ?? 'unknown'}); an operator has to redrive or discard it.`,
  discarded: ({ consumer, lastOperation }) =>
    `${lastOperation?.actor ?? ''} ${lastOperation?.kind === 'resubmit' ? 'resubmitted' : 'discarded'} its dead letter of ${consumer} at ${lastOperation?.at.toISOString() ?? ''}.`,
  delivered: ({ consumer, ticket }) =>
    ticket === null || ticket.attempts <= 1
      ? `${consumer} has it.`
      : `${consumer} has it since ${ticket.deliveredAt?.toISOString() ?? ''}, at attempt ${String(ticket.attempts)}.`,
  not_wanted: ({ consumer, eventType }) => `${consumer} does not want ${eventType}.`,
  before_start: ({ consumer, startedAfter }) => `${consumer} began after it, at position ${String(startedAfter)}; a replay can deliver it.`,
  removed: ({ consumer }) => `${consumer} was removed.`,
};

function describe(behind: BehindFacts | null): string {
  if (behind === null) return 'an earlier event of its aggregate';
  const which = `event ${behind.eventId} (${behind.eventType}) of the same aggregate, which`;
  switch (behind.status) {
    case 'dead':
      return `${which} is a dead letter that blocks later ones`;
    case 'failed':
      return `${which} failed ${times(behind.attempts)}; ${next(behind.dueInSeconds)}`;
    case 'processing':
      return `${which} is in hand`;
    case 'pending':
      return `${which} is due`;
  }
}

function next(dueInSeconds: number | null): string {
  if (dueInSeconds === null || dueInSeconds <= 0) return 'the next attempt is due now';
  return `the next attempt is in ${String(Math.ceil(dueInSeconds))} s`;
}

function times(n: number): string {
  return n === 1 ? 'once' : `${String(n)} times`;
}

function attempts(n: number): string {
  return n === 1 ? '1 attempt' : `${String(n)} attempts`;
}

function events(n: number): string {
  return n === 1 ? '1 event is' : `${String(n)} events are`;
}
