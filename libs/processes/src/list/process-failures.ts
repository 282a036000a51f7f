import { FRESH_BEAT, readFailingLoops } from '#zakops/worker-health';
import type { FailingLoop } from '#zakops/worker-health';

/** A loop that fails, and the process that runs it. */
export interface ProcessFailure extends FailingLoop {
  readonly processId: string;
}

/** A subselect for {@link toProcessFailures}: the failing loops of living workers. */
export const WORKER_FAILURES = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('process', process_id, 'loops', failing)), '[]')
    FROM zakops.processes WHERE kind = 'outbox-worker' AND failing <> '[]' AND ${FRESH_BEAT})`;

/** Reads the result of {@link WORKER_FAILURES}; the longest failing loop first. */
export function toProcessFailures(told: readonly { readonly process: string; readonly loops: unknown }[]): readonly ProcessFailure[] {
  return told
    .flatMap(({ process, loops }) => readFailingLoops(loops).map((failing) => ({ ...failing, processId: process })))
    .sort((a, b) => a.since.getTime() - b.since.getTime());
}
