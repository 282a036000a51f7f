import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { MoveGuard } from '../domain/move-guard.js';
import type { GuardView } from '../views/guard.js';

const COLUMNS = `id, from_stage AS "fromStage", to_stage AS "toStage", rule, fields, message, enabled, version, updated_at AS "updatedAt"`;

const OF_MOVE = prepared(`
  SELECT ${COLUMNS}, (SELECT count(*)::int FROM zakops.actions a
                       WHERE a.deal_id = $1 AND a.status IN ('PENDING_APPROVAL', 'READY', 'QUEUED', 'EXECUTING')) AS "openActions"
    FROM zakops.deal_guards WHERE enabled AND to_stage = $2 ORDER BY id`);
const LOAD = prepared(`SELECT ${COLUMNS} FROM zakops.deal_guards WHERE id = $1 FOR UPDATE`);
const LIST = prepared(`SELECT ${COLUMNS} FROM zakops.deal_guards ORDER BY to_stage, id`);
const SAVE = prepared(`
  INSERT INTO zakops.deal_guards (id, from_stage, to_stage, rule, fields, message, enabled)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (id) DO UPDATE SET from_stage = $2, to_stage = $3, rule = $4, fields = $5, message = $6, enabled = $7,
    version = deal_guards.version + 1, updated_at = statement_timestamp()
  RETURNING ${COLUMNS}`);
const REMOVE = prepared('DELETE FROM zakops.deal_guards WHERE id = $1');

/** The enabled guards of a move, and what they look at beside the deal. */
export interface GuardsOfMove {
  readonly guards: readonly MoveGuard[];
  /** Actions that wait, are queued or run; 0 when the move has no guard. */
  readonly openActions: number;
}

/** Guards in PostgreSQL. */
@Injectable()
export class GuardStore {
  /** Those that are enabled for moves to a stage. */
  async ofMove(tx: Transaction, dealId: string, toStage: string): Promise<GuardsOfMove> {
    const guards = await tx.query<MoveGuard & { openActions: number }>(OF_MOVE, [dealId, toStage]);
    return { guards, openActions: guards[0]?.openActions ?? 0 };
  }

  async list(tx: Transaction): Promise<readonly GuardView[]> {
    return tx.query<GuardView & Record<string, unknown>>(LIST);
  }

  /** Loads a guard and locks it; undefined when there is none. */
  async load(tx: Transaction, id: string): Promise<GuardView | undefined> {
    const [guard] = await tx.query<GuardView & Record<string, unknown>>(LOAD, [id]);
    return guard;
  }

  async save(tx: Transaction, guard: Omit<GuardView, 'version' | 'updatedAt'>): Promise<GuardView> {
    const { id, fromStage, toStage, rule, fields, message, enabled } = guard;
    const [saved] = await tx.query<GuardView & Record<string, unknown>>(SAVE, [id, fromStage, toStage, rule, fields, message, enabled]);
    if (saved === undefined) throw new Error('The guard was written without a row.');
    return saved;
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.query(REMOVE, [id]);
  }
}
