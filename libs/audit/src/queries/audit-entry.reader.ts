import { boundedByBytes, Database, READ_MAX_BYTES, toBoundedPage } from '#zakops/database';
import type { ByteCount } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { DOCUMENT_BYTES, instantText } from '../chain/stored-entry.js';
import type { AuditEntryView, AuditFilter, AuditPage } from './audit-entry.view.js';

const DAY_MS = 86_400_000;

// The entry of a change of a deal has the id of its event. Entries of version 0.3 have that id in their details.
const DETAILS = `CASE WHEN l.resource_type = 'deal' AND NOT l.details ? 'event_id'
                   THEN l.details || jsonb_build_object('event_id', l.id) ELSE l.details END`;

const COLUMNS = `l.id, ${instantText('l.occurred_at')} AS "occurredAt", l.actor_type AS "actorType", l.actor_id AS "actorId", l.action,
         l.resource_type AS "resourceType", l.resource_id AS "resourceId", l.before, l.after, ${DETAILS} AS details, l.address,
         l.user_agent AS "userAgent", l.method, l.path, l.trace_id AS "traceId",
         c.position::float8 AS position, encode(c.hash, 'hex') AS hash`;

const FROM = `
    FROM zakops.audit_log l LEFT JOIN zakops.audit_chain c ON c.entry_id = l.id`;

/** Reads entries with their links. */
@Injectable()
export class AuditEntryReader {
  constructor(private readonly database: Database) {}

  /** A page of the list, newest first. */
  async list(filter: AuditFilter, limit: number, after: string | undefined): Promise<AuditPage> {
    const parameters: unknown[] = [limit + 1, READ_MAX_BYTES];
    const where = conditions(filter, after, parameters);
    const statement = boundedByBytes({
      columns: COLUMNS,
      bytes: DOCUMENT_BYTES,
      from: `${FROM}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`,
      order: 'l.id DESC',
      outerOrder: 'id DESC',
      limit: '$1',
      maxBytes: '$2',
    });
    const { rows, more } = toBoundedPage(
      await this.database.query<AuditEntryView & ByteCount>(statement, parameters),
      limit,
      READ_MAX_BYTES,
    );
    return { entries: rows, next: more ? (rows.at(-1)?.id ?? null) : null };
  }

  /** One entry; undefined when there is none. */
  async find(id: string): Promise<AuditEntryView | undefined> {
    const [row] = await this.database.query<AuditEntryView>(`SELECT ${COLUMNS}${FROM} WHERE l.id = $1`, [id]);
    return row;
  }
}

function conditions(filter: AuditFilter, after: string | undefined, parameters: unknown[]): readonly string[] {
  const where: string[] = [];
  const add = (value: unknown, condition: (placeholder: string) => string): void => {
    if (value !== undefined) where.push(condition(`$${String(parameters.push(value))}`));
  };
  add(filter.actor, (p) => `l.actor_id = ${p}`);
  add(filter.action, (p) => `l.action = ${p}`);
  add(filter.resourceType, (p) => `l.resource_type = ${p}`);
  add(filter.resourceId, (p) => `l.resource_id = ${p}`);
  add(filter.since, (p) => `l.occurred_at >= ${p}::timestamptz`);
  add(filter.until, (p) => `l.occurred_at < ${p}::timestamptz`);
  // Ids contain about the time of the entry. With a day of tolerance they let the index skip newer and older entries.
  add(idAround(filter.since, -DAY_MS), (p) => `l.id >= ${p}::uuid`);
  add(idAround(filter.until, DAY_MS), (p) => `l.id <= ${p}::uuid`);
  add(after, (p) => `l.id < ${p}::uuid`);
  return where;
}

/** The lowest or highest id of an entry at an instant. */
function idAround(instant: string | undefined, shiftMs: number): string | undefined {
  if (instant === undefined) return undefined;
  const ms = Math.min(Math.max(Date.parse(instant) + shiftMs, 0), 2 ** 48 - 1);
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-${shiftMs < 0 ? '0000-0000-000000000000' : 'ffff-ffff-ffffffffffff'}`;
}
