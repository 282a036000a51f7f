import type { PauseScope, PauseState, PauseTarget } from '#zakops/outbox';
import { CliError } from '../../cli.error.js';

/** What is paused, as it is given on the command line. */
export interface TargetOptions {
  readonly all?: true;
  readonly consumer?: string;
  readonly type?: string;
  readonly aggregate?: string;
  readonly aggregateType?: string;
}

/** The options of `outbox pause`. */
export interface PauseOptions extends TargetOptions {
  readonly minutes?: number;
  readonly until?: string;
  readonly reason: string;
  readonly json?: true;
}

/** The options of `outbox resume`. */
export interface ResumeOptions extends TargetOptions {
  readonly reason?: string;
  readonly json?: true;
}

/** The options of `outbox change-pause`. */
export interface ChangePauseOptions {
  readonly minutes?: number;
  readonly until?: string;
  readonly reason?: string;
  readonly json?: true;
}

/** The options of `outbox pauses`. */
export interface ListPausesOptions {
  readonly state: PauseState;
  readonly limit: number;
  readonly cursor?: string;
  readonly json?: true;
}

/** True without any option that says what is paused. */
export function choosesNoTarget({ all, consumer, type, aggregate }: TargetOptions): boolean {
  return [all, consumer, type, aggregate].every((given) => given === undefined);
}

/** What is paused. @throws CliError unless exactly one thing is chosen */
export function readTarget({ all, consumer, type, aggregate, aggregateType }: TargetOptions): PauseTarget {
  const given: readonly (readonly [PauseScope, unknown])[] = [
    ['all', all],
    ['consumer', consumer],
    ['event_type', type],
    ['aggregate', aggregate],
  ];
  const scopes = given.filter(([, value]) => value !== undefined);
  if (scopes.length !== 1) throw new CliError('Give exactly one of --all, --consumer, --type and --aggregate.');
  if (aggregateType !== undefined && aggregate === undefined) throw new CliError('--aggregate-type needs --aggregate.');
  if (consumer !== undefined) return { scope: 'consumer', consumer };
  if (type !== undefined) return { scope: 'event_type', eventType: type };
  if (aggregate !== undefined) return { scope: 'aggregate', aggregateType: aggregateType ?? 'deal', aggregateId: aggregate };
  return { scope: 'all' };
}
