import type { OutboxHealth, OutboxStats } from './outbox-stats.js';

/** A ticket that nothing holds back and that nobody has taken for so long means that delivery does not keep up. */
export const HEALTHY_DUE_AGE_SECONDS = 60;

/** Judges the figures: a worker is active, nothing is stuck, and what is due is taken soon. */
export function judgeOutbox(stats: Omit<OutboxStats, 'health'>): OutboxHealth {
  const { leader, stuck, total, oldestDueAgeSeconds: age, rates } = stats;
  const queue = `${plural(total.pending + total.failed, 'ticket')} waiting${age === null ? '' : `, the oldest due for ${seconds(age)}`}`;
  if (!leader.alive) return { healthy: false, summary: `No worker is active: ${queue}.` };
  if (stuck > 0) return { healthy: false, summary: `${plural(stuck, 'ticket')} pending for more than an hour; ${queue}.` };
  if (age !== null && age > HEALTHY_DUE_AGE_SECONDS) return { healthy: false, summary: `Delivery does not keep up: ${queue}.` };
  const flow = `${String(rates.publishedPerSecond)} events published and ${String(rates.deliveredPerSecond)} delivered per second`;
  const dead = total.dead === 0 ? '' : ` ${plural(total.dead, 'dead letter')} for an operator.`;
  return { healthy: true, summary: `The worker is active: ${queue}; ${flow}.${dead}` };
}

function plural(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}

function seconds(age: number): string {
  return age < 120 ? `${String(Math.round(age))} s` : `${String(Math.round(age / 60))} min`;
}
