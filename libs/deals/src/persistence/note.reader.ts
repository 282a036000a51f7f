import { boundedByBytes, Database, exactInstant, prepared, READ_MAX_BYTES } from '#zakops/database';
import type { ByteCount } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { NoteNotFoundError } from '../domain/deal-part.errors.js';
import type { NoteKey, RecordedNote } from '../views/note.js';
import { toPageOfBytes } from '../views/page.js';
import type { Page } from '../views/page.js';

type NoteRow = RecordedNote & { readonly at: string };

const COLUMNS = 'id, deal_id AS "dealId", content, category, author, version, created_at AS "createdAt", updated_at AS "updatedAt"';
const ONE = prepared(`SELECT ${COLUMNS} FROM zakops.deal_notes WHERE deal_id = $1 AND id = $2 AND deleted_at IS NULL`);

/** Reads notes for answers. Removed notes do not exist for it. */
@Injectable()
export class NoteReader {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(
    dealId: string,
    category: string | undefined,
    limit: number,
    after: NoteKey | undefined,
  ): Promise<Page<RecordedNote, NoteKey>> {
    const statement = boundedByBytes({
      columns: `${COLUMNS}, ${exactInstant('created_at')} AS at`,
      bytes: 'octet_length(content) + 1',
      from: `FROM zakops.deal_notes
             WHERE deal_id = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR category = $2)
               AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))`,
      order: 'created_at DESC, id DESC',
      outerOrder: 'at DESC, id DESC',
      limit: '$5',
      maxBytes: '$6',
    });
    const given = [dealId, category ?? null, after?.at ?? null, after?.id ?? null, limit + 1, READ_MAX_BYTES];
    const rows = await this.database.query<NoteRow & ByteCount>(statement, given);
    return toPageOfBytes(rows, limit, toNote, ({ at, id }) => ({ at, id }));
  }

  /** @throws NoteNotFoundError */
  async get(dealId: string, noteId: string): Promise<RecordedNote> {
    const [row] = await this.database.query<RecordedNote>(ONE, [dealId, noteId]);
    if (row === undefined) throw new NoteNotFoundError(dealId, noteId);
    return row;
  }
}

function toNote({ id, dealId, content, category, author, version, createdAt, updatedAt }: NoteRow): RecordedNote {
  return { id, dealId, content, category, author, version, createdAt, updatedAt };
}
