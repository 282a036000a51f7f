import { explainFailing, sayTime } from '#zakops/worker-health';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { isStopped, sayPauses } from './judge-pauses.js';
import type { ConsumerStats, OutboxVerdict, OutboxStats } from './outbox-stats.js';

/** Seconds after which a due ticket that no worker has taken means that delivery does not keep up. */
export const HEALTHY_DUE_AGE_SECONDS = 60;

/** Healthy when a worker is active, nothing is paused, no loop or delivery fails, there is no dead letter, and due tickets are taken soon. */
export function judgeOutbox(stats: Omit<OutboxStats, 'verdict'>): OutboxVerdict {
  const { leader, total, oldestDueAgeSeconds: age, rates, pauses } = stats;
  // What a pause stops is not late.
  const consumers = stats.consumers.map((consumer) =>
    isStopped(pauses, consumer.consumer) ? { ...consumer, stuck: 0, oldestDueAgeSeconds: null } : consumer,
  );
  const queue = `${plural(total.pending + total.failed, 'ticket')} waiting${age === null ? '' : `, the oldest due for ${seconds(age)}`}`;
  const idle = idleConsumers({ leader, consumers });
  const problems = [
    ...sayPauses(pauses),
    ...(leader.alive ? [] : [`No worker is active: ${queue}.`]),
    ...(leader.failing.length === 0 ? [] : [explainFailing(leader.failing)]),
    ...(leader.alive
      ? lateness(
          consumers.filter((consumer) => !idle.includes(consumer)),
          queue,
        )
      : []),
    ...idle.flatMap(lagOfIdle),
    ...consumers.flatMap(failures),
  ];
  if (problems.length > 0) return { healthy: false, summary: problems.join(' ') };
  const flow = `${String(rates.publishedPerSecond)} events published and ${String(rates.deliveredPerSecond)} delivered per second`;
  const notes = idle.map(({ consumer }) => ` Consumer ${consumer} runs in no worker.`).join('');
  return { healthy: true, summary: `The worker is active: ${queue}; ${flow}.${notes}` };
}

/** Consumers that the active worker does not run; none while it has not said what it runs. */
function idleConsumers({ leader: { alive, report }, consumers }: Pick<OutboxStats, 'leader' | 'consumers'>): readonly ConsumerStats[] {
  const running = alive ? report.consumers : null;
  return running === null ? [] : consumers.filter(({ consumer }) => consumer !== LOG_CONSUMER && !running.includes(consumer));
}

/** What waits for a consumer that no worker runs waits until a worker runs it, or until it is removed. */
function lagOfIdle({ consumer, counts, oldestDueAgeSeconds: age }: ConsumerStats): readonly string[] {
  if (age === null || age <= HEALTHY_DUE_AGE_SECONDS) return [];
  return [
    `Consumer ${consumer} runs in no worker, and ${plural(counts.pending + counts.failed, 'ticket')} waited for it for up to ${seconds(age)}: ` +
      `start a worker that has it, or remove it with DELETE /api/admin/outbox/consumers/${consumer}.`,
  ];
}

function lateness(running: readonly ConsumerStats[], queue: string): readonly string[] {
  const stuck = running.reduce((sum, consumer) => sum + consumer.stuck, 0);
  if (stuck > 0) return [`${plural(stuck, 'ticket')} pending for more than an hour; ${queue}.`];
  const isLate = running.some(({ oldestDueAgeSeconds: age }) => age !== null && age > HEALTHY_DUE_AGE_SECONDS);
  return isLate ? [`Delivery does not keep up: ${queue}.`] : [];
}

function failures({ consumer, failing, failingSince, counts: { dead } }: ConsumerStats): readonly string[] {
  const since = failingSince === null ? '' : ` since ${sayTime(failingSince)}`;
  return [
    ...(failing === 0 ? [] : [`${delivery(failing)} to ${consumer} ${failing === 1 ? 'fails' : 'fail'}${since}.`]),
    ...(dead === 0 ? [] : [`${plural(dead, 'dead letter')} of ${consumer} ${dead === 1 ? 'waits' : 'wait'} for an operator.`]),
  ];
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
