import { ContributesFigures, ContributesSnapshot } from '#zakops/figures';
import type { FigureContributor, MeasuredState, SnapshotContributor } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import { ProcessReader } from './process.reader.js';
import type { ProcessSummary } from './process-row.js';
import { SILENT_SHOWN_SECONDS, toStats } from './processes.health.js';

/** Who runs, for charts and for the page of operations. */
@ContributesFigures()
@ContributesSnapshot({ members: ['processes'], ages: ['beat_age_seconds'] })
@Injectable()
export class ProcessFigures implements FigureContributor, SnapshotContributor {
  constructor(private readonly reader: ProcessReader) {}

  async measured(): Promise<MeasuredState> {
    const living = (await this.reader.recent(SILENT_SHOWN_SECONDS)).filter(({ alive }) => alive);
    const builds: Record<string, number> = {};
    const started: Record<string, number> = {};
    for (const { kind, version, commit, startedAt } of living) {
      const build = `${kind} ${version}+${commit}`;
      builds[build] = (builds[build] ?? 0) + 1;
      started[kind] = Math.max(started[kind] ?? 0, Math.round(startedAt.getTime() / 1_000));
    }
    return {
      figures: { 'processes.api': count(living, 'api'), 'processes.workers': count(living, 'outbox-worker') },
      marks: { builds, started },
    };
  }

  async snapshot(): Promise<Readonly<Record<string, unknown>>> {
    return { processes: (await this.reader.recent(SILENT_SHOWN_SECONDS)).map(toStats) };
  }
}

function count(living: readonly ProcessSummary[], kind: ProcessSummary['kind']): number {
  return living.filter((row) => row.kind === kind).length;
}
