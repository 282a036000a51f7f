import type pg from 'pg';
import { performance } from 'node:perf_hooks';
import type { Finding } from '../finding.js';
import { one } from './connect.js';

const SAMPLES = 5;
const WARN_MS = 1_000;
const FAIL_MS = 30_000;

/** How far the clock of this machine is from that of the database. */
export async function checkClock(client: pg.Client): Promise<Finding> {
  let best = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };
  for (let n = 0; n < SAMPLES; n += 1) {
    const sentAt = Date.now();
    const begun = performance.now();
    const { at } = await one<{ at: number }>(client, 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at');
    // The steady clock, because the other one is what is in doubt.
    const tookMs = performance.now() - begun;
    // The quickest answer leaves the least doubt: the database looked at its clock somewhere between question and answer.
    if (tookMs / 2 < best.errorMs) best = { offsetMs: sentAt + tookMs / 2 - at, errorMs: tookMs / 2 };
  }
  const offset = Math.round(best.offsetMs);
  const measured = { offset_ms: offset, uncertainty_ms: Math.ceil(best.errorMs) };
  const distance = Math.max(0, Math.abs(best.offsetMs) - best.errorMs);
  const detail = `This machine is ${String(Math.abs(offset))} ms ${offset < 0 ? 'behind' : 'ahead of'} the database (± ${String(measured.uncertainty_ms)} ms).`;
  if (distance < WARN_MS) return { state: 'ok', detail, measured };
  const advice =
    'Let both take their time from NTP. What is decided here counts by the database; the times of log lines and certificates do not.';
  return { state: distance >= FAIL_MS ? 'failure' : 'warning', detail, advice, measured };
}
