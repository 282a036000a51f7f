import { Database } from '#zakops/database';
import { TIERS } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import type { MarkChange } from './annotations.js';
import type { Bin, FigureToRead } from './series.js';
import type { TimeSpan } from './time-span.js';

const STEP = String(TIERS.fine.stepSeconds);
const WIDE = String(TIERS.coarse.stepSeconds);

// $1 whether samples of ten seconds are read, $2 and $3 the time. What was not rolled up yet is read as it is.
const SAMPLES = `
  SELECT bucket, system, added, marks,
         CASE tier WHEN 0 THEN least(${STEP}, greatest(1, extract(epoch FROM now() - bucket)))::float8 ELSE samples * ${STEP} END AS seconds
    FROM zakops.figure_samples
   WHERE bucket >= to_timestamp($2::float8) AND bucket < to_timestamp($3::float8) AND bucket <= now()
     AND CASE WHEN $1::boolean THEN tier = 0
              ELSE tier = 1 OR bucket >= coalesce((SELECT max(bucket) + interval '${WIDE} seconds' FROM zakops.figure_samples WHERE tier = 1 AND bucket <= now()),
                                                  to_timestamp(0)) END`;

// $4 the width of a bin, $5 keys and $6 kinds. A number is a sample of ten seconds; an array was rolled up, with its mean or sum second.
const READ = `
  WITH asked AS (SELECT key, kind FROM unnest($5::text[], $6::text[]) AS a(key, kind)),
  samples AS MATERIALIZED (${SAMPLES}),
  told AS (
    SELECT a.key, a.kind, floor(extract(epoch FROM s.bucket) / $4::float8)::float8 AS bin, s.seconds,
           CASE a.kind WHEN 'gauge' THEN s.system -> a.key ELSE coalesce(s.added -> a.key, '0') END AS v
      FROM samples s CROSS JOIN asked a
  ), numbers AS (
    SELECT key, kind, bin, seconds, jsonb_typeof(v) = 'array' AS rolled,
           CASE jsonb_typeof(v) WHEN 'array' THEN v ->> 1 ELSE v #>> '{}' END::float8 AS middle,
           CASE jsonb_typeof(v) WHEN 'array' THEN v ->> 0 ELSE v #>> '{}' END::float8 AS least,
           CASE jsonb_typeof(v) WHEN 'array' THEN v ->> 2 ELSE v #>> '{}' END::float8 AS greatest
      FROM told WHERE v IS NOT NULL
  ), binned AS (
    SELECT key, bin,
           CASE kind WHEN 'gauge' THEN sum(middle * seconds) ELSE sum(middle) END / sum(seconds) AS mean,
           min(CASE kind WHEN 'gauge' THEN least ELSE least / CASE WHEN rolled THEN ${STEP} ELSE seconds END END) AS least,
           max(CASE kind WHEN 'gauge' THEN greatest ELSE greatest / CASE WHEN rolled THEN ${STEP} ELSE seconds END END) AS greatest
      FROM numbers GROUP BY key, kind, bin
  )
  SELECT key, json_agg(json_build_array(bin, round(mean::numeric, 3), round(least::numeric, 3), round(greatest::numeric, 3))) AS bins
    FROM binned GROUP BY key`;

const CHANGES = `
  SELECT extract(epoch FROM bucket)::float8 AS at, before, marks AS after
    FROM (SELECT bucket, marks, lag(marks) OVER (ORDER BY bucket) AS before FROM (${SAMPLES}) AS s WHERE marks IS NOT NULL) AS told
   WHERE before IS NOT NULL AND before <> marks
   ORDER BY bucket DESC
   LIMIT 500`;

type Row = readonly [bin: number, mean: number, least: number, greatest: number];

/** Reads samples of figures. */
@Injectable()
export class TimeseriesReader {
  constructor(private readonly database: Database) {}

  /** Now, by the clock of the database, in seconds since 1970. */
  async now(): Promise<number> {
    const [row] = await this.database.query<{ now: number }>('SELECT extract(epoch FROM now())::float8 AS now');
    if (row === undefined) throw new Error('A statement without FROM gave no row.');
    return row.now;
  }

  /** The bins of each figure by their number from the first one on; bins without a sample are missing. */
  async read(span: TimeSpan, figures: readonly FigureToRead[]): Promise<ReadonlyMap<string, ReadonlyMap<number, Bin>>> {
    const first = span.from / span.stepSeconds;
    const rows = await this.database.query<{ key: string; bins: readonly Row[] }>(READ, [
      span.isFine,
      span.from,
      span.to,
      span.stepSeconds,
      figures.map(({ key }) => key),
      figures.map(({ kind }) => kind),
    ]);
    return new Map(
      rows.map(({ key, bins }) => [key, new Map(bins.map(([bin, mean, least, greatest]) => [bin - first, { mean, least, greatest }]))]),
    );
  }

  /** The samples whose marks differ from those of the sample before, newest first. */
  async changes({ isFine, from, to }: TimeSpan): Promise<readonly MarkChange[]> {
    return this.database.query<MarkChange>(CHANGES, [isFine, from, to]);
  }
}
