import { ContributesSystemMetrics, defineFamily, mergeFamilies, withLabels } from '#zakops/metrics';
import type { MetricFamily, SystemMetricsContributor } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { ProcessReader } from '../list/process.reader.js';
import type { ProcessRow } from '../list/process-row.js';
import { readWorkerFamilies } from './worker-families.js';

const PROCESSES = defineFamily('gauge', {
  name: 'zakops_processes',
  help: 'Living processes by kind and role, from their heartbeats; the role of an API process is `serving`.',
  labelNames: ['kind', 'role'],
});
const BUILDS = defineFamily('gauge', {
  name: 'zakops_process_builds',
  help: 'Living processes by kind and version, from their heartbeats: more than one version for long is a roll-out that hangs.',
  labelNames: ['kind', 'version'],
});
const BEAT_AGE = defineFamily('gauge', {
  name: 'zakops_worker_heartbeat_age_seconds',
  help: 'Seconds since the last heartbeat of a living worker; its metrics are as old.',
  labelNames: ['worker'],
});
const PROGRESS_AGE = defineFamily('gauge', {
  name: 'zakops_worker_progress_age_seconds',
  help: 'Seconds since the main loop of a living worker last finished a turn.',
  labelNames: ['worker'],
});

const ALWAYS = [
  ['api', 'serving'],
  ['outbox-worker', 'active'],
  ['outbox-worker', 'standby'],
] as const;

/** The living processes, and the metrics that workers send with their heartbeats. */
@ContributesSystemMetrics()
@Injectable()
export class ProcessListMetrics implements SystemMetricsContributor {
  readonly definitions = [PROCESSES, BUILDS, BEAT_AGE, PROGRESS_AGE];

  constructor(private readonly reader: ProcessReader) {}

  async read(): Promise<readonly MetricFamily[]> {
    const living = await this.reader.living();
    const workers = newestOfEachName(living.filter(({ kind }) => kind === 'outbox-worker'));
    const own = [
      PROCESSES.of(countedRoles(living)),
      BUILDS.of(counted(living, ({ kind, version }) => ({ kind, version }))),
      BEAT_AGE.of([...workers].map(([worker, { beatAgeSeconds }]) => ({ labels: { worker }, value: beatAgeSeconds }))),
      PROGRESS_AGE.of([...workers].map(([worker, { progressAgeSeconds }]) => ({ labels: { worker }, value: progressAgeSeconds }))),
    ];
    const workerFamilies = [...workers].map(([worker, { stats }]) =>
      withLabels(readWorkerFamilies(stats), { process: 'outbox-worker', worker }),
    );
    return mergeFamilies([own, ...workerFamilies]);
  }
}

/** By the id without its random part, so that a restarted container continues its series. */
function newestOfEachName(workers: readonly ProcessRow[]): ReadonlyMap<string, ProcessRow> {
  const byName = new Map<string, ProcessRow>();
  for (const row of workers) {
    const name = row.processId.replace(/\/[^/]*$/, '');
    const known = byName.get(name);
    if (known === undefined || row.startedAt > known.startedAt) byName.set(name, row);
  }
  return byName;
}

/** Zero where none runs, so that an alert has something to compare. */
function countedRoles(living: readonly ProcessRow[]): MetricFamily['values'] {
  return ALWAYS.map(([kind, role]) => ({
    labels: { kind, role },
    value: living.filter((row) => row.kind === kind && (row.role ?? (kind === 'api' ? 'serving' : 'standby')) === role).length,
  }));
}

function counted(living: readonly ProcessRow[], labelsOf: (row: ProcessRow) => Record<string, string>): MetricFamily['values'] {
  const counts = new Map<string, { labels: Record<string, string>; value: number }>();
  for (const row of living) {
    const labels = labelsOf(row);
    const key = JSON.stringify(labels);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { labels, value: 1 });
    else known.value += 1;
  }
  return [...counts.values()];
}
