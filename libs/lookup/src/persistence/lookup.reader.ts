import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { Lookup, LookupHit, LookupQuestion } from '../sources/lookup-source.js';

/** Runs one look. */
@Injectable()
export class LookupReader {
  constructor(private readonly database: Database) {}

  /** What a lookup finds; nothing, and no statement, when the question has not the form of such an id. */
  async find({ kind, sql, parameters, path }: Lookup, question: LookupQuestion): Promise<readonly LookupHit[]> {
    const values = parameters(question);
    if (values === undefined) return [];
    const rows = await this.database.query<{ id: string; title: string }>(sql, values);
    return rows.map(({ id, title }) => ({ kind, id, title, path: path(id) }));
  }
}
