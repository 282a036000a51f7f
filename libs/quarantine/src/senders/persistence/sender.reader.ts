import { Database, exactInstant, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { Page } from '../../persistence/item.reader.js';
import { SenderNotFoundError } from '../domain/sender.errors.js';
import type { SenderFilter, SenderPlace, SenderView } from '../views/sender.js';
import { SENDER_COLUMNS } from './sender.columns.js';

const ONE = prepared(`SELECT ${SENDER_COLUMNS} FROM zakops.sender_profiles s WHERE s.email = $1`);
const LATEST = `coalesce(s.last_email_at, '-infinity')`;

type Row = SenderView & { readonly at: string };

/** Reads senders for answers. */
@Injectable()
export class SenderReader {
  constructor(private readonly database: Database) {}

  /** @throws SenderNotFoundError */
  async get(email: string): Promise<SenderView> {
    const [row] = await this.database.query<SenderView & Record<string, unknown>>(ONE, [email]);
    if (row === undefined) throw new SenderNotFoundError(email);
    return row;
  }

  /** Latest mail first. */
  async list(
    filter: SenderFilter,
    limit: number,
    start: { readonly offset: number } | { readonly after: SenderPlace },
  ): Promise<Page<SenderView, SenderPlace>> {
    const parameters: unknown[] = [];
    const parameter = (value: unknown): string => `$${String(parameters.push(value))}`;
    const conditions = ['true'];
    if (filter.isBroker !== undefined) conditions.push(`s.is_broker = ${parameter(filter.isBroker)}`);
    if (filter.senderType !== undefined) conditions.push(`s.sender_type = ${parameter(filter.senderType)}`);
    if (filter.qualityRating !== undefined) conditions.push(`s.quality_rating = ${parameter(filter.qualityRating)}`);
    if ('after' in start) {
      const at = start.after.at === '' ? '-infinity' : start.after.at;
      conditions.push(`(${LATEST}, s.id) < (${parameter(at)}::timestamptz, ${parameter(start.after.id)}::uuid)`);
    }
    const rows = await this.database.query<Row & Record<string, unknown>>(
      `SELECT ${SENDER_COLUMNS}, coalesce(${exactInstant('s.last_email_at')}, '') AS at
         FROM zakops.sender_profiles s WHERE ${conditions.join(' AND ')}
        ORDER BY ${LATEST} DESC, s.id DESC LIMIT ${parameter(limit + 1)} OFFSET ${parameter('offset' in start ? start.offset : 0)}`,
      parameters,
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { items: shown, next: rows.length > limit && last !== undefined ? { at: last.at, id: last.id } : null };
  }
}
