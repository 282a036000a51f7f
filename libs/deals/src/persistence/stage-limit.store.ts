import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { StageLimits } from '../views/stage-limits.js';

// One row changes the version of all: they are read and written as one thing.
const READ = prepared('SELECT stage, days, version FROM zakops.stage_limits ORDER BY stage');
const LOAD = prepared('SELECT stage, days, version FROM zakops.stage_limits ORDER BY stage FOR UPDATE');
const SAVE = prepared(`
  UPDATE zakops.stage_limits l SET days = coalesce(($1::jsonb ->> l.stage)::int, l.days), version = $2, updated_at = statement_timestamp()`);

type Row = { readonly stage: string; readonly days: number; readonly version: number };

/** The limits of stages in PostgreSQL. */
@Injectable()
export class StageLimitStore {
  async read(tx: Transaction): Promise<StageLimits> {
    return toLimits(await tx.query<Row>(READ));
  }

  /** Reads and locks them. */
  async load(tx: Transaction): Promise<StageLimits> {
    return toLimits(await tx.query<Row>(LOAD));
  }

  async save(tx: Transaction, { days, version }: StageLimits): Promise<void> {
    await tx.query(SAVE, [JSON.stringify(days), version]);
  }
}

function toLimits(rows: readonly Row[]): StageLimits {
  return {
    days: Object.fromEntries(rows.map(({ stage, days }) => [stage, days])),
    version: rows.reduce((newest, { version }) => Math.max(newest, version), 0),
  };
}
