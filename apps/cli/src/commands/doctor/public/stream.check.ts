import { SseConfig } from '#zakops/sse';
import { z } from 'zod';
import type { Finding } from '../finding.js';
import { below, probe } from './http-probe.js';
import { judgeStream } from './judge-stream.js';
import { watchStream } from './watch-stream.js';

const FIRST_BYTE_MS = 5_000;
// Two show a gap; a third shows that it was no chance.
const HEARTBEATS = 3;

const STATUS = z.object({ heartbeat_interval_seconds: z.number().positive() });

/** Opens a stream through the proxies and measures how it comes. */
export async function checkStream(url: URL, apiKey: string | undefined, limitSeconds: number): Promise<Finding> {
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const status = await probe(below(url, 'api/events/stream/status'), headers);
  const heartbeatMs = status.status === 200 ? intervalOf(status.body) : undefined;
  const totalMs = limitSeconds * 1_000;
  const watch = await watchStream(below(url, 'api/events/stream'), headers, {
    firstByteMs: Math.min(FIRST_BYTE_MS, totalMs),
    totalMs,
    heartbeats: HEARTBEATS,
  });
  return judgeStream(watch, heartbeatMs);
}

function intervalOf(body: string): number | undefined {
  try {
    return STATUS.parse(JSON.parse(body)).heartbeat_interval_seconds * 1_000;
  } catch {
    return Number(SseConfig.settings.heartbeatMs.default) * 1_000;
  }
}
