import { METRIC_TYPES } from '#zakops/metrics';
import type { MetricFamily } from '#zakops/metrics';
import { z } from 'zod';

/** The member of a heartbeat's stats that holds metrics. */
export const METRICS_MEMBER = 'metrics';

// Compact, because it is written every five seconds.
const FAMILY = z
  .object({
    name: z.string().regex(/^zakops_[a-z0-9_]{1,100}$/),
    help: z.string().max(500),
    type: z.enum(METRIC_TYPES),
    values: z
      .array(
        z.object({
          labels: z.record(z.string().regex(/^[a-z_]{1,50}$/), z.union([z.string().max(200), z.number()])),
          value: z.number(),
          metricName: z
            .string()
            .regex(/^zakops_[a-z0-9_]{1,110}$/)
            .optional(),
        }),
      )
      .max(2_000),
  })
  .transform(({ values, ...family }): MetricFamily => ({
    ...family,
    values: values.map(({ metricName, ...sample }) => (metricName === undefined ? sample : { ...sample, metricName })),
  }));

/** Reads the metrics in the stats of a worker. What a worker of another version sends in another form is left out. */
export function readWorkerFamilies(stats: Readonly<Record<string, unknown>>): readonly MetricFamily[] {
  const given = stats[METRICS_MEMBER];
  if (!Array.isArray(given)) return [];
  return given.flatMap((family: unknown) => {
    const read = FAMILY.safeParse(family);
    return read.success ? [read.data] : [];
  });
}
