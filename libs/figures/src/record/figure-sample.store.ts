import { Database, databaseErrorFields } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { Figures, MeasuredState } from '../contribute/contributes-figures.js';
import { ADD, FILL, ROLL_UP } from './sample.statements.js';

const UNDEFINED_TABLE = '42P01';

/** The bucket to which figures were added. */
export interface AddedTo {
  /** Its begin, in seconds since 1970. */
  readonly bucket: number;
  /** This process reads the state of the system for it. */
  readonly isClaimed: boolean;
}

/** Writes the samples of figures. */
@Injectable()
export class FigureSampleStore {
  constructor(private readonly database: Database) {}

  /**
   * Adds what a process has counted to the present bucket.
   *
   * @param eager - claims the bucket at once, not only in its second half
   * @returns undefined while the table is missing: a migration is pending or was undone
   */
  async add(processTag: string, counted: Figures, eager: boolean): Promise<AddedTo | undefined> {
    try {
      const [row] = await this.database.query<{ bucket: string; claimed: boolean }>(ADD, [processTag, JSON.stringify(counted), eager]);
      return row === undefined ? undefined : { bucket: Number(row.bucket), isClaimed: row.claimed };
    } catch (error) {
      if (error instanceof Error && databaseErrorFields(error.cause).sqlState === UNDEFINED_TABLE) return undefined;
      throw error;
    }
  }

  /** Writes the state of the system into a bucket that this process has claimed. */
  async fill(processTag: string, bucket: number, { figures, marks = {} }: MeasuredState): Promise<void> {
    await this.database.query(FILL, [processTag, bucket, JSON.stringify(figures), JSON.stringify(marks)]);
  }

  /** Makes the samples of five minutes that are due. */
  async rollUp(): Promise<void> {
    await this.database.query(ROLL_UP);
  }
}
