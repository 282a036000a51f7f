import { ContributesHealth } from '#zakops/health';
import type { ComponentHealth, HealthContributor } from '#zakops/health';
import { SharedAnswer } from '#zakops/kernel';
import { isFresh } from '#zakops/worker-health';
import { Injectable } from '@nestjs/common';
import { ProcessReader } from './process.reader.js';
import type { ProcessSummary } from './process-row.js';

/** Seconds for which a silent process stays in the answer. After an orchestrator killed a process, its successor runs by then. */
export const SILENT_SHOWN_SECONDS = 300;

/** Who runs, in which version, and who has fallen silent. */
@ContributesHealth({ name: 'processes', runbook: 'update-to-new-version' })
@Injectable()
export class ProcessesHealth implements HealthContributor {
  readonly #processes: SharedAnswer<readonly ProcessSummary[]>;

  constructor(reader: ProcessReader) {
    this.#processes = new SharedAnswer(() => reader.recent(SILENT_SHOWN_SECONDS));
  }

  async check(): Promise<ComponentHealth> {
    const processes = await this.#processes.get();
    const living = processes.filter(({ alive }) => alive);
    const stats = {
      api: living.filter(({ kind }) => kind === 'api').length,
      workers: living.filter(({ kind }) => kind === 'outbox-worker').length,
      processes: processes.map(toStats),
    };
    const reasons = [...silent(processes), ...stuck(living), ...mixed(living)];
    return reasons.length === 0 ? { state: 'up', stats } : { state: 'degraded', reason: reasons.join(' '), stats };
  }
}

function silent(processes: readonly ProcessSummary[]): readonly string[] {
  return processes
    .filter(({ alive }) => !alive)
    .map(({ kind, processId, beatAgeSeconds }) => `No heartbeat of ${kind} ${processId} for ${String(Math.round(beatAgeSeconds))} s.`);
}

function stuck(living: readonly ProcessSummary[]): readonly string[] {
  return living
    .filter(({ progressAgeSeconds }) => !isFresh(progressAgeSeconds))
    .map(({ kind, processId }) => `The main loop of ${kind} ${processId} is stuck.`);
}

/** Usual while a new version is rolled out, and a forgotten process afterwards. */
function mixed(living: readonly ProcessSummary[]): readonly string[] {
  const builds = new Map<string, number>();
  for (const { kind, version, commit } of living) {
    const build = `${version} (${commit}) ${kind}`;
    builds.set(build, (builds.get(build) ?? 0) + 1);
  }
  if (new Set(living.map(({ version, commit }) => `${version} ${commit}`)).size <= 1) return [];
  const list = [...builds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([build, count]) => `${build} × ${String(count)}`);
  return [`Versions differ: ${list.join(', ')}.`];
}

/** A process as operators see it. */
export function toStats(row: ProcessSummary): Readonly<Record<string, string | number | boolean | null>> {
  return {
    process_id: row.processId,
    kind: row.kind,
    role: row.role,
    version: row.version,
    commit: row.commit,
    schema_version: row.schemaVersion,
    started_at: row.startedAt.toISOString(),
    beat_age_seconds: row.beatAgeSeconds,
    alive: row.alive,
  };
}
