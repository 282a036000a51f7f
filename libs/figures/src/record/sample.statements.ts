import { prepared } from '#zakops/database';
import { figureSlot, TIERS } from './tiers.js';

const { fine, coarse } = TIERS;
const STEP = String(fine.stepSeconds);
const WIDE = String(coarse.stepSeconds);

// A row of the future was written before the clock was set back: it is as old as any other of another round.
const IS_REPLACED = `s.bucket <> excluded.bucket`;
const MAY_WRITE = `excluded.bucket >= s.bucket OR s.bucket > now() + interval '${STEP} seconds'`;

const SUM = `(
  SELECT coalesce(jsonb_object_agg(key, n), '{}')
    FROM (SELECT key, sum(value::float8) AS n
            FROM (SELECT * FROM jsonb_each_text(s.added) UNION ALL SELECT * FROM jsonb_each_text(excluded.added)) AS each
           GROUP BY key) AS summed)`;

/**
 * Adds what a process has counted to the present bucket, and claims the bucket for reading the state of the system.
 *
 * @remarks $1 the process, $2 what it counted, $3 whether it claims at once. Others claim only in the second half, when no process did.
 * One row is written; where several processes meet, they wait for each other for one short statement.
 */
export const ADD = prepared(`
  WITH present AS (SELECT (floor(extract(epoch FROM now()) / ${STEP}) * ${STEP})::bigint AS epoch),
  mine AS (SELECT epoch, CASE WHEN $3::boolean OR extract(epoch FROM now()) - epoch >= ${STEP} / 2 THEN $1::text END AS claim FROM present)
  INSERT INTO zakops.figure_samples AS s (tier, slot, bucket, sampler, added)
  SELECT ${String(fine.tier)}, ${figureSlot(fine, 'epoch')}, to_timestamp(epoch), claim, $2::jsonb FROM mine
  ON CONFLICT (tier, slot) DO UPDATE
     SET bucket  = excluded.bucket,
         sampler = CASE WHEN ${IS_REPLACED} THEN excluded.sampler ELSE coalesce(s.sampler, excluded.sampler) END,
         system  = CASE WHEN ${IS_REPLACED} THEN NULL ELSE s.system END,
         marks   = CASE WHEN ${IS_REPLACED} THEN NULL ELSE s.marks END,
         added   = CASE WHEN ${IS_REPLACED} THEN excluded.added ELSE ${SUM} END
   WHERE ${MAY_WRITE}
  RETURNING extract(epoch FROM bucket)::bigint AS bucket, (sampler = $1 AND system IS NULL) IS TRUE AS claimed`);

/** Fills a claimed bucket, unless its slot was reused meanwhile. */
export const FILL = prepared(`
  UPDATE zakops.figure_samples SET system = $3::jsonb, marks = $4::jsonb
   WHERE tier = ${String(fine.tier)} AND slot = ${figureSlot(fine, '$2::bigint')} AND bucket = to_timestamp($2::bigint) AND sampler = $1`);

/**
 * Makes five minutes of ten seconds each: of a gauge the least, mean, greatest and last value, of a counter the least, sum and greatest.
 *
 * @remarks Of every window of the last six hours that is over and was not made yet, so that a window is not lost when its process dies. A
 * counter that a bucket does not name counted nothing there.
 */
export const ROLL_UP = prepared(`
  WITH raw AS MATERIALIZED (
    SELECT (floor(extract(epoch FROM f.bucket) / ${WIDE}) * ${WIDE})::bigint AS w, f.bucket, f.system, f.added, f.marks
      FROM zakops.figure_samples f
     WHERE f.tier = ${String(fine.tier)} AND f.bucket >= now() - interval '6 hours' AND f.bucket <= now()
  ), due AS MATERIALIZED (
    SELECT w, count(*)::int AS n, (array_agg(marks ORDER BY bucket DESC) FILTER (WHERE marks IS NOT NULL))[1] AS marks
      FROM raw
     WHERE w + ${WIDE} + ${STEP} <= extract(epoch FROM now())
       AND NOT EXISTS (SELECT FROM zakops.figure_samples t
                        WHERE t.tier = ${String(coarse.tier)} AND t.slot = ${figureSlot(coarse, 'raw.w')} AND t.bucket = to_timestamp(raw.w))
     GROUP BY w
  ), gauges AS (
    SELECT w, jsonb_object_agg(key, jsonb_build_array(least, mean, greatest, last)) AS system
      FROM (SELECT w, key, min(v) AS least, round(avg(v)::numeric, 3)::float8 AS mean, max(v) AS greatest,
                   (array_agg(v ORDER BY bucket DESC))[1] AS last
              FROM due JOIN raw USING (w) CROSS JOIN LATERAL (SELECT key, value::float8 AS v FROM jsonb_each_text(raw.system)) AS each
             GROUP BY w, key) AS told
     GROUP BY w
  ), counters AS (
    SELECT w, jsonb_object_agg(key, jsonb_build_array(least, sum, greatest)) AS added
      FROM (SELECT w, key, CASE WHEN count(*) < due.n THEN 0 ELSE min(v) END AS least, sum(v) AS sum, max(v) AS greatest
              FROM due JOIN raw USING (w) CROSS JOIN LATERAL (SELECT key, value::float8 AS v FROM jsonb_each_text(raw.added)) AS each
             GROUP BY w, due.n, key) AS told
     GROUP BY w
  )
  INSERT INTO zakops.figure_samples AS s (tier, slot, bucket, samples, system, added, marks)
  SELECT ${String(coarse.tier)}, ${figureSlot(coarse, 'w')}, to_timestamp(w), n, gauges.system, coalesce(counters.added, '{}'), due.marks
    FROM due LEFT JOIN gauges USING (w) LEFT JOIN counters USING (w)
   ORDER BY w
  ON CONFLICT (tier, slot) DO UPDATE
     SET bucket = excluded.bucket, samples = excluded.samples, system = excluded.system, added = excluded.added, marks = excluded.marks
   WHERE excluded.bucket > s.bucket OR s.bucket > now()`);
