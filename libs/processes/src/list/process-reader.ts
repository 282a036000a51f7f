import { Database } from '#zakops/database';
import { FRESH_BEAT, isFresh, secondsFromNow } from '#zakops/worker-health';
import { Injectable } from '@nestjs/common';
import type { ProcessKind } from '../process-kind.js';
import type { ProcessRow, ProcessSummary } from './process-row.js';

const BEAT_AGE = secondsFromNow('beat_at');

const COLUMNS = `process_id, kind, role, version, commit, schema_version, started_at, beat_at,
         ${BEAT_AGE} AS beat_age, ${secondsFromNow('progress_at')} AS progress_age`;

// A killed process leaves a row that nobody removes for a day: the limit keeps a crash loop from filling an answer.
const ORDER = 'ORDER BY kind, role NULLS LAST, started_at, process_id LIMIT 1000';
const LIST = `SELECT ${COLUMNS}, figures FROM zakops.processes ${ORDER}`;
const LIST_LIVING = `SELECT ${COLUMNS}, figures FROM zakops.processes WHERE ${FRESH_BEAT} ${ORDER}`;
const LIST_RECENT = `SELECT ${COLUMNS} FROM zakops.processes WHERE ${BEAT_AGE} <= $1 ${ORDER}`;

// What is not a number adds nothing: a process of another version may tell something else by that name.
const SUM = `
  SELECT count(*)::int AS processes, coalesce(sum(CASE WHEN jsonb_typeof(figures -> $2) = 'number' THEN (figures ->> $2)::float8 END), 0) AS sum
    FROM zakops.processes
   WHERE kind = $1 AND process_id IS DISTINCT FROM $3 AND ${FRESH_BEAT}`;

/** So many processes are alive, and one figure of all of them together. */
export interface FigureSum {
  readonly processes: number;
  readonly sum: number;
}

interface Row {
  readonly process_id: string;
  readonly kind: ProcessKind;
  readonly role: 'active' | 'standby' | null;
  readonly version: string;
  readonly commit: string;
  readonly schema_version: string | null;
  readonly started_at: Date;
  readonly beat_at: Date;
  readonly beat_age: number;
  readonly progress_age: number;
}

type RowWithFigures = Row & Pick<ProcessRow, 'figures'>;

/** Reads who runs. */
@Injectable()
export class ProcessReader {
  constructor(private readonly database: Database) {}

  /**
   * Every process that sent a heartbeat in the last day and did not stop in order, API first, the active worker before the others.
   *
   * @throws DatabaseUnavailableError when the server cannot be reached
   */
  async list(): Promise<readonly ProcessRow[]> {
    return (await this.database.query<RowWithFigures>(LIST)).map(toProcessRow);
  }

  /** Those of {@link list} that are alive. */
  async living(): Promise<readonly ProcessRow[]> {
    return (await this.database.query<RowWithFigures>(LIST_LIVING)).map(toProcessRow);
  }

  /**
   * Adds up one figure of the living processes of a kind; what is no number in one of them adds nothing.
   *
   * @param except - a process to leave out: of itself one knows better than its last heartbeat
   */
  async sum(kind: ProcessKind, figure: string, except?: string): Promise<FigureSum> {
    const [row] = await this.database.query<FigureSum>(SUM, [kind, figure, except ?? null]);
    return row ?? { processes: 0, sum: 0 };
  }

  /** Those heard of within so many seconds, without their figures. */
  async recent(seconds: number): Promise<readonly ProcessSummary[]> {
    return (await this.database.query<Row>(LIST_RECENT, [seconds])).map(toSummary);
  }
}

function toProcessRow(row: RowWithFigures): ProcessRow {
  return { ...toSummary(row), figures: row.figures };
}

function toSummary(row: Row): ProcessSummary {
  return {
    processId: row.process_id,
    kind: row.kind,
    role: row.role,
    version: row.version,
    commit: row.commit,
    schemaVersion: row.schema_version,
    startedAt: row.started_at,
    beatAt: row.beat_at,
    beatAgeSeconds: round(row.beat_age),
    progressAgeSeconds: round(row.progress_age),
    alive: isFresh(row.beat_age),
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
