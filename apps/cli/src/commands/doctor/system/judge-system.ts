import type { RuntimeConfig } from '#zakops/config';
import type { DeadLetterStats } from '#zakops/dlq';
import { sayPauses, toFailingLoopResponse, toPauseResponse } from '#zakops/outbox';
import type { OutboxStats } from '#zakops/outbox';
import type { ProcessRow } from '#zakops/processes';
import { explainFailing } from '#zakops/worker-health';
import type { Finding } from '../finding.js';

const LATE_SECONDS = 60;
const MUCH_TOO_LATE_SECONDS = 900;

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

/** Whether delivery keeps up and succeeds. */
export function judgeOutboxAge({ oldestDueAgeSeconds: age, total, stuck, waiting, consumers }: OutboxStats): Finding {
  const live = total.pending + total.processing + total.failed;
  const failing = consumers.filter((consumer) => consumer.failing > 0);
  const measured = { oldest_due_age_seconds: age, live, waiting, stuck, failing: failing.map(toFailingResponse) };
  const queue = `${String(live)} deliveries in the outbox`;
  const due = age === null ? 'none of them due' : `the oldest due for ${String(Math.round(age))} s`;
  const names = failing.map(({ consumer, failing: n }) => `${consumer} ${String(n)}`).join(', ');
  const detail = `${queue}, ${due}.${failing.length === 0 ? '' : ` Some failed and are tried again: ${names}.`}`;
  if (age === null || age <= LATE_SECONDS) {
    const advice = 'Read the log of the worker: after the last attempt they are dead letters.';
    return failing.length === 0 ? { state: 'ok', detail, measured } : { state: 'warning', detail, advice, measured };
  }
  return {
    state: age > MUCH_TOO_LATE_SECONDS ? 'failure' : 'warning',
    detail,
    advice: 'See zakops outbox stats, and the log of the worker.',
    measured,
  };
}

function toFailingResponse({ consumer, failing, failingSince }: OutboxStats['consumers'][number]): Readonly<Record<string, unknown>> {
  return { consumer, deliveries: failing, since: failingSince };
}
