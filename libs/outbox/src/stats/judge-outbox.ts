import { explainFailing, sayTime } from '#zakops/worker-health';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { isStopped, sayPauses } from './judge-pauses.js';
import type { ConsumerStats, OutboxReason, OutboxStats, OutboxVerdict } from './outbox-stats.js';

/** Seconds after which a due ticket that no worker has taken means that delivery does not keep up. */
export const HEALTHY_DUE_AGE_SECONDS = 60;

type Judged = Omit<OutboxStats, 'verdict'>;

/**
 * The one judgement of the outbox: healthy when a worker is active, nothing is paused, no loop or delivery fails, there is no dead
 * letter, and due tickets are taken soon.
 *
 * @remarks One delivery that fails once is enough. The state ends when that delivery succeeds, or when an operator has dealt with its dead
 * letter: nothing has to be reset.
 */
export function judgeOutbox(stats: Judged): OutboxVerdict {
  const { leader, total, oldestDueAgeSeconds: age, rates, pauses } = stats;
  // What a pause stops is not late.
  const consumers = stats.consumers.map((consumer) =>
    isStopped(pauses, consumer.consumer) ? { ...consumer, stuck: 0, oldestDueAgeSeconds: null } : consumer,
  );
  const queue = `${plural(total.pending + total.failed, 'ticket')} waiting${age === null ? '' : `, the oldest due for ${seconds(age)}`}`;
  const idle = idleConsumers({ leader, consumers });
  const running = consumers.filter((consumer) => !idle.includes(consumer));
  const reasons = [
    ...paused(pauses),
    ...withoutWorker(leader, queue),
    ...failingLoops(leader.failing),
    // What causes a delay comes before the delay; without a worker that is said already.
    ...(leader.alive ? lateness(running, queue) : []),
    ...idle.flatMap(lagOfIdle),
    ...consumers.flatMap((consumer) => failures(consumer, isStopped(pauses, consumer.consumer))),
  ];
  const known = reasons.flatMap(({ since }) => (since === null ? [] : [since.getTime()]));
  const flow = `${String(rates.publishedPerSecond)} events published and ${String(rates.deliveredPerSecond)} delivered per second`;
  const notes = idle.map(({ consumer }) => ` Consumer ${consumer} runs in no worker.`).join('');
  return {
    healthy: reasons.length === 0,
    summary: reasons.length > 0 ? reasons.map(({ text }) => text).join(' ') : `The worker is active: ${queue}; ${flow}.${notes}`,
    reasons,
    since: known.length === 0 ? null : new Date(Math.min(...known)),
  };
}

function paused(pauses: Judged['pauses']): readonly OutboxReason[] {
  const [oldest] = pauses;
  return oldest === undefined ? [] : [{ problem: 'paused', consumer: null, since: oldest.startedAt, text: sayPauses(pauses).join(' ') }];
}

function withoutWorker({ alive, lastHeartbeatAt }: Judged['leader'], queue: string): readonly OutboxReason[] {
  if (alive) return [];
  return [{ problem: 'no_active_worker', consumer: null, since: lastHeartbeatAt, text: `No worker is active: ${queue}.` }];
}

function failingLoops(failing: Judged['leader']['failing']): readonly OutboxReason[] {
  const [longest] = failing;
  if (longest === undefined) return [];
  return [{ problem: 'loop_fails', consumer: null, since: longest.since, text: explainFailing(failing) }];
}

/** Consumers that the active worker does not run; none while it has not said what it runs. */
function idleConsumers({ leader: { alive, report }, consumers }: Pick<Judged, 'leader' | 'consumers'>): readonly ConsumerStats[] {
  const running = alive ? report.consumers : null;
  return running === null ? [] : consumers.filter(({ consumer }) => consumer !== LOG_CONSUMER && !running.includes(consumer));
}

/** What waits for a consumer that no worker runs waits until a worker runs it, or until it is removed. */
function lagOfIdle({ consumer, counts, oldestDueAgeSeconds: age }: ConsumerStats): readonly OutboxReason[] {
  if (age === null || age <= HEALTHY_DUE_AGE_SECONDS) return [];
  const text =
    `Consumer ${consumer} runs in no worker, and ${plural(counts.pending + counts.failed, 'ticket')} waited for it for up to ${seconds(age)}: ` +
    `start a worker that has it, or remove it with DELETE /api/admin/outbox/consumers/${consumer}.`;
  return [{ problem: 'consumer_without_worker', consumer, since: null, text }];
}

function lateness(running: readonly ConsumerStats[], queue: string): readonly OutboxReason[] {
  const late = running.filter(({ oldestDueAgeSeconds: age }) => age !== null && age > HEALTHY_DUE_AGE_SECONDS);
  const stuck = running.reduce((sum, consumer) => sum + consumer.stuck, 0);
  if (stuck === 0 && late.length === 0) return [];
  const text = stuck > 0 ? `${plural(stuck, 'ticket')} pending for more than an hour; ${queue}.` : `Delivery does not keep up: ${queue}.`;
  return [{ problem: 'delivery_is_late', consumer: late.length === 1 ? (late[0]?.consumer ?? null) : null, since: null, text }];
}

function failures(stats: ConsumerStats, isPaused: boolean): readonly OutboxReason[] {
  const { consumer, failing, failingSince, counts } = stats;
  const dead = `${plural(counts.dead, 'dead letter')} of ${consumer} ${counts.dead === 1 ? 'waits' : 'wait'} for an operator.`;
  return [
    ...(failing === 0 ? [] : [{ problem: 'deliveries_fail', consumer, since: failingSince, text: sayFailures(stats, isPaused) } as const]),
    ...(counts.dead === 0 ? [] : [{ problem: 'dead_letters', consumer, since: null, text: dead } as const]),
  ];
}

/** For example "13 deliveries to deal-activity fail since 02:14:07 UTC, next try in 41 s; 40 more wait behind others." */
function sayFailures({ consumer, failing, failingSince, nextAttemptInSeconds: next, waiting }: ConsumerStats, isPaused: boolean): string {
  const since = failingSince === null ? '' : ` since ${sayTime(failingSince)}`;
  const when = isPaused ? 'next try after the pause' : sayNextTry(next);
  const behind = waiting === 0 ? '' : `; ${String(waiting)} more ${waiting === 1 ? 'waits behind another' : 'wait behind others'}`;
  return `${delivery(failing)} to ${consumer} ${failing === 1 ? 'fails' : 'fail'}${since}, ${when}${behind}.`;
}

function sayNextTry(inSeconds: number | null): string {
  if (inSeconds === null) return 'being tried now';
  return inSeconds === 0 ? 'next try now' : `next try in ${seconds(Math.ceil(inSeconds))}`;
}

function delivery(count: number): string {
  return count === 1 ? '1 delivery' : `${String(count)} deliveries`;
}

function plural(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}

function seconds(age: number): string {
  return age < 120 ? `${String(Math.round(age))} s` : `${String(Math.round(age / 60))} min`;
}
