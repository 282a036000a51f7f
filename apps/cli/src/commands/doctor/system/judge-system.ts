import type { RuntimeConfig } from '#zakops/config';
import type { DeadLetterStats } from '#zakops/dlq';
import { sayPauses, toFailingLoopResponse, toPauseResponse } from '#zakops/outbox';
import type { OutboxStats } from '#zakops/outbox';
import type { ProcessRow } from '#zakops/processes';
import { explainFailing } from '#zakops/worker-health';
import type { Finding } from '../finding.js';

const MUCH_TOO_LATE_SECONDS = 900;
const MEND =
  'See zakops outbox tickets --status failed; mend the cause, then zakops outbox try-now. After the last attempt they are dead letters.';

/** Whether a worker is active: without one, changes are taken and nobody hears of them. */
export function judgeWorkerLease({ leader }: Pick<OutboxStats, 'leader'>): Finding {
  const { owner, alive, since, lastHeartbeatAt, report } = leader;
  const measured = { owner, alive, since, last_heartbeat_at: lastHeartbeatAt, wake_mode: report.wakeMode };
  if (owner === null)
    return { state: 'failure', detail: 'No worker was ever active.', advice: 'Start the worker: events wait for it.', measured };
  if (!alive) {
    const detail = `No worker is active: ${owner} was, until ${lastHeartbeatAt?.toISOString() ?? 'long ago'}.`;
    return { state: 'failure', detail, advice: 'Start the worker, and read what it wrote last.', measured };
  }
  return {
    state: 'ok',
    detail: `${owner} is active since ${since?.toISOString() ?? 'long ago'} and wakes by ${report.wakeMode ?? 'unknown'}.`,
    measured,
  };
}

/** Whether what workers do over and over succeeds: one finding for each loop that fails. */
export function judgeLoops({ leader }: Pick<OutboxStats, 'leader'>): readonly [Finding, ...Finding[]] {
  const [first, ...others] = leader.failing.map(toFailure);
  return first === undefined ? [{ state: 'ok', detail: 'Publishing, lease and consumers succeed.' }] : [first, ...others];
}

function toFailure(failing: OutboxStats['leader']['failing'][number]): Finding {
  return {
    state: 'failure',
    detail: `${explainFailing([failing])} It is a loop of ${failing.processId}.`,
    advice: 'Mend what the error names; a restart is not the cure.',
    measured: toFailingLoopResponse(failing),
  };
}

/** Whether every process that should live does, and all are of one version. */
export function judgeProcesses(processes: readonly ProcessRow[], self: Pick<RuntimeConfig, 'version'>): Finding {
  const living = processes.filter(({ alive }) => alive);
  const silent = processes.filter(({ alive }) => !alive);
  const versions = [...new Set([...living.map(({ version }) => version), self.version])];
  const measured = {
    living: living.map(({ processId, kind, role, version }) => ({ process_id: processId, kind, role, version })),
    silent: silent.map(({ processId, kind, beatAgeSeconds }) => ({ process_id: processId, kind, silent_for_seconds: beatAgeSeconds })),
  };
  const counts = (['api', 'outbox-worker'] as const).map((kind) => `${String(living.filter((row) => row.kind === kind).length)} ${kind}`);
  const detail = `Alive: ${counts.join(', ')}.`;
  if (living.length === 0) {
    return { state: 'warning', detail: 'No process has sent a heartbeat lately.', advice: 'Start API and worker.', measured };
  }
  if (versions.length > 1) {
    const advice = 'Finish the update; a zakops of another version may judge wrongly.';
    return {
      state: 'warning',
      detail: `${detail} They and this command are of several versions: ${versions.join(', ')}.`,
      advice,
      measured,
    };
  }
  if (silent.length > 0) {
    const names = silent.slice(0, 3).map(({ processId }) => processId);
    const more = silent.length > names.length ? ` and ${String(silent.length - names.length)} more` : '';
    const advice = 'Killed, blocked, or cut off from the database: read what they wrote last. Their rows go after a day.';
    return { state: 'warning', detail: `${detail} Silent without having stopped in order: ${names.join(', ')}${more}.`, advice, measured };
  }
  return { state: 'ok', detail, measured };
}

/** Whether something waits for an operator. */
export function judgeDeadLetters({ total, oldestFailedAt, oldestAgeSeconds, byConsumer, byReason }: DeadLetterStats): Finding {
  const measured = { total, oldest_age_seconds: oldestAgeSeconds, by_consumer: byConsumer, by_reason: byReason };
  if (total === 0) return { state: 'ok', detail: 'No dead letters.', measured };
  const consumers = Object.entries(byConsumer).map(([consumer, count]) => `${consumer} ${String(count)}`);
  const detail = `${String(total)} dead letter${total === 1 ? '' : 's'} (${consumers.join(', ')}), the oldest of ${oldestFailedAt?.toISOString() ?? 'an unknown time'}.`;
  return { state: 'warning', detail, advice: 'See zakops dlq list; mend the cause, then zakops dlq retry.', measured };
}

/** Whether an operator has paused deliveries. */
export function judgePauses({ pauses }: Pick<OutboxStats, 'pauses'>): Finding {
  const measured = { pauses: pauses.map(toPauseResponse) };
  if (pauses.length === 0) return { state: 'ok', detail: 'No deliveries are paused.', measured };
  return {
    state: 'warning',
    detail: sayPauses(pauses).join(' '),
    advice: 'See zakops outbox pauses; zakops outbox resume ends one.',
    measured,
  };
}

/** Whether delivery keeps up and succeeds: the judgement of stats and system health, word for word. */
export function judgeOutbox({ verdict, oldestDueAgeSeconds: age, total, stuck, waiting, consumers }: OutboxStats): Finding {
  const live = total.pending + total.processing + total.failed;
  const failing = consumers.filter((consumer) => consumer.failing > 0).map(toFailingResponse);
  const reasons = verdict.reasons.map(({ problem, consumer, since, text }) => ({ problem, consumer, since, text }));
  const measured = { oldest_due_age_seconds: age, live, waiting, stuck, failing, reasons };
  if (verdict.healthy) return { state: 'ok', detail: verdict.summary, measured };
  const isMuchTooLate = age !== null && age > MUCH_TOO_LATE_SECONDS;
  const advice = failing.length === 0 ? 'See zakops outbox stats, and the log of the worker.' : MEND;
  return { state: isMuchTooLate ? 'failure' : 'warning', detail: verdict.summary, advice, measured };
}

function toFailingResponse({
  consumer,
  failing,
  failingSince,
  nextAttemptAt,
}: OutboxStats['consumers'][number]): Readonly<Record<string, unknown>> {
  return { consumer, deliveries: failing, since: failingSince, next_attempt_at: nextAttemptAt };
}
