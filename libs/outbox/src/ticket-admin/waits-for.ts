import type { OpenStatus, WaitsFor } from './ticket.view.js';

/** What statements read about the ticket before, and about the pause; nulls when there is none. int8 comes as text from the driver. */
export interface WaitsForRow {
  readonly w_id: string | null;
  readonly w_status: OpenStatus | 'dead' | null;
  readonly w_position: string | null;
  readonly w_due_at: Date | null;
  readonly z_id: string | null;
  readonly z_ends_at: Date | null;
}

/** From the row to what the ticket stands behind. The ticket before comes first: it has to be delivered even when the pause is over. */
export function toWaitsFor(row: WaitsForRow): WaitsFor | null {
  const { w_id: id, w_status: status, w_position: position, w_due_at: dueAt, z_id: pauseId, z_ends_at: endsAt } = row;
  if (id !== null && status !== null && position !== null) return { kind: 'ticket', id, status, position: Number(position), dueAt };
  return pauseId === null || endsAt === null ? null : { kind: 'pause', id: pauseId, endsAt };
}

/** In one sentence, for example "It stands behind ticket 4fc5106d-..., which failed, and whose next try is due 2026-11-28T02:14:07.000Z." */
export function sayWaitsFor(waitsFor: WaitsFor): string {
  if (waitsFor.kind === 'pause') return `It stands behind pause ${waitsFor.id}, which ends ${waitsFor.endsAt.toISOString()}.`;
  const { id, status, dueAt } = waitsFor;
  const at = dueAt?.toISOString() ?? '';
  const then = {
    pending: dueAt === null ? 'which is taken next' : `which is due since ${at}`,
    processing: 'which a worker has in hand',
    failed: `which failed, and whose next try is due ${at}`,
    dead: 'which is dead and blocks: retry or discard it',
  }[status];
  return `It stands behind ticket ${id}, ${then}.`;
}
