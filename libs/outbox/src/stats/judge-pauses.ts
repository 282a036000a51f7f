import { sayTime } from '#zakops/worker-health';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { describeTarget } from '../pauses/pause.js';
import type { Pause } from '../pauses/pause.js';

const MOST_SAID = 3;

/** The pauses in sentences: what is paused until when, by whom and why; none without a pause. */
export function sayPauses(pauses: readonly Pause[], now: Date = new Date()): readonly string[] {
  const left = pauses.length - MOST_SAID;
  return [
    ...pauses.slice(0, MOST_SAID).map(({ target, endsAt, pausedBy, reason }) => {
      const what = describeTarget(target);
      const why = reason.trim();
      return `${what.charAt(0).toUpperCase()}${what.slice(1)} are paused until ${sayTime(endsAt, now)} by ${pausedBy}: ${why}${why.endsWith('.') ? '' : '.'}`;
    }),
    ...(left > 0 ? [`${String(left)} more ${left === 1 ? 'pause is' : 'pauses are'} in force.`] : []),
  ];
}

/** True when a consumer is not late, because a pause stops it. Publication is never paused. */
export function isStopped(pauses: readonly Pause[], consumer: string): boolean {
  if (consumer === LOG_CONSUMER) return false;
  return pauses.some(({ target }) => target.scope === 'all' || (target.scope === 'consumer' && target.consumer === consumer));
}
