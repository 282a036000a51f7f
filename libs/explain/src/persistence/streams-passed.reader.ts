import { EventLog } from '#zakops/outbox';
import { ProcessReader } from '#zakops/processes';
import type { ProcessRow } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
import type { StreamsView } from '../explanation.view.js';

/** Says how many API processes have passed a position with their streams, by their heartbeats of the last seconds. */
@Injectable()
export class StreamsPassedReader {
  constructor(
    private readonly processes: ProcessReader,
    private readonly log: EventLog,
  ) {}

  /** @param position - null for an event that is not published */
  async passed(position: number | null): Promise<StreamsView> {
    const [living, { epoch }] = await Promise.all([this.processes.living(), this.log.head()]);
    const feeding = living.filter(({ kind }) => kind === 'api');
    const passed = feeding.filter(
      ({ stats }) => position !== null && stats['sse_epoch'] === epoch && number(stats, 'sse_position') >= position,
    );
    const connections = feeding.reduce((sum, { stats }) => sum + number(stats, 'sse_connections'), 0);
    return {
      processes: feeding.length,
      passed: passed.length,
      connections,
      sentence: sentenceOf(position, feeding.length, passed.length, connections),
    };
  }
}

function sentenceOf(position: number | null, processes: number, passed: number, connections: number): string {
  if (position === null) return 'No stream has it, because it is not published.';
  if (processes === 0) return 'No API process runs; streams get it when they resume.';
  const streams = connections === 1 ? '1 stream is open' : `${String(connections)} streams are open`;
  return (
    `${String(passed)} of ${String(processes)} API processes have passed position ${String(position)} by their last heartbeat; ` +
    `${streams}, and those that were connected then got it if their filter wants it.`
  );
}

function number(stats: ProcessRow['stats'], name: string): number {
  const value = stats[name];
  return typeof value === 'number' ? value : 0;
}
