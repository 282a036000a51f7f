import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { DealNote, NoteState } from '../domain/deal-note.js';
import { NoteNotFoundError } from '../domain/deal-part.errors.js';
import type { RecordedNote } from '../views/note.js';

/** A note as it was stored, with the time at which it was written. */
export interface StoredNote extends NoteState {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const FIND = prepared(`
  SELECT id, content, category, author, author_id AS "authorId", version, created_at AS "createdAt", updated_at AS "updatedAt"
  FROM zakops.deal_notes WHERE deal_id = $1 AND id = $2 AND deleted_at IS NULL`);
const ADD = prepared(`
  INSERT INTO zakops.deal_notes (id, deal_id, content, category, author, author_id, version) VALUES ($1, $2, $3, $4, $5, $6, $7)
  RETURNING created_at`);
const SAVE = prepared(`
  UPDATE zakops.deal_notes SET content = $2, category = $3, version = $4, updated_at = statement_timestamp() WHERE id = $1
  RETURNING updated_at`);
const REMOVE = prepared('UPDATE zakops.deal_notes SET deleted_at = statement_timestamp(), version = version + 1 WHERE id = $1');

/** Notes in PostgreSQL, for changing them. The lock is that of their deal. */
@Injectable()
export class NoteRepository {
  /** Call it under the lock of the deal. @throws NoteNotFoundError */
  async find(tx: Transaction, dealId: string, noteId: string): Promise<StoredNote> {
    const [row] = await tx.query<StoredNote & Record<string, unknown>>(FIND, [dealId, noteId]);
    if (row === undefined) throw new NoteNotFoundError(dealId, noteId);
    return row;
  }

  /** Writes a new note; the deal is saved apart. */
  async add(tx: Transaction, dealId: string, { state }: DealNote): Promise<RecordedNote> {
    const { id, content, category, author, authorId, version } = state;
    const [row] = await tx.query<{ created_at: Date }>(ADD, [id, dealId, content, category, author, authorId, version]);
    if (row === undefined) throw new Error('The note was written without a row.');
    return { id, dealId, content, category, author, version, createdAt: row.created_at, updatedAt: row.created_at };
  }

  /** Writes a changed note; the deal is saved apart. */
  async save(tx: Transaction, dealId: string, { state }: DealNote, createdAt: Date): Promise<RecordedNote> {
    const { id, content, category, author, version } = state;
    const [row] = await tx.query<{ updated_at: Date }>(SAVE, [id, content, category, version]);
    if (row === undefined) throw new NoteNotFoundError(dealId, id);
    return { id, dealId, content, category, author, version, createdAt, updatedAt: row.updated_at };
  }

  /** Marks a note as removed; the deal is saved apart. */
  async remove(tx: Transaction, noteId: string): Promise<void> {
    await tx.query(REMOVE, [noteId]);
  }
}
