import { z } from 'zod';

const rate = z.number().nonnegative().catch(0);
const count = z.number().int().nonnegative().catch(0);

// A worker of another version may say more or less; what cannot be read counts as not said.
const REPORT = z
  .object({
    published_per_second: rate,
    delivered_per_second: rate,
    attempts: count,
    failed_attempts: count,
    lease_recoveries: count,
    last_poll_at: z.iso.datetime().nullable().catch(null),
    wake_mode: z.enum(['listen', 'poll']).nullable().catch(null),
    consumers: z.array(z.string()).nullable().catch(null),
  })
  .transform((report) => ({
    publishedPerSecond: report.published_per_second,
    deliveredPerSecond: report.delivered_per_second,
    attempts: report.attempts,
    failedAttempts: report.failed_attempts,
    leaseRecoveries: report.lease_recoveries,
    lastPollAt: report.last_poll_at === null ? null : new Date(report.last_poll_at),
    wakeMode: report.wake_mode,
    consumers: report.consumers,
  }));

/** What the active worker leaves with every heartbeat; rates are averages of the last minute. */
export type WorkerStats = Readonly<z.infer<typeof REPORT>>;

/** Reads `zakops.worker_leases.report`; anything unreadable or not said gives zeros and nulls. */
export function readWorkerStats(report: unknown): WorkerStats {
  return REPORT.parse(typeof report === 'object' && report !== null && !Array.isArray(report) ? report : {});
}
