import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';

/** The clock of the database, which dates every row. The clock of an operator's laptop may be minutes off. */
@Injectable()
export class DatabaseClock {
  constructor(private readonly database: Database) {}

  /** So many seconds ago, in ISO 8601 with microseconds: a Date would cut them off. */
  async instant(secondsAgo = 0): Promise<string> {
    const [row] = await this.database.query<{ at: string }>(
      `SELECT to_char((now() - $1 * interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
      [secondsAgo],
    );
    if (row === undefined) throw new Error('The database did not say what time it is.');
    return row.at;
  }
}
