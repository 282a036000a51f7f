import { MIMEType } from 'node:util';
import type { Finding } from '../finding.js';
import type { StreamWatch } from './watch-stream.js';

const FIRST_BYTE_MS = 2_000;
// Heartbeats come from one clock of the process; closer together they were held up and let go in a lump.
const LUMP = 0.3;
const LATE = 1.5;
const JITTER_MS = 1_000;

const UNBUFFER =
  'Switch its buffering and compression off for text/event-stream (nginx: proxy_buffering off, and never proxy_ignore_headers X-Accel-Buffering).';
const KEY = 'Give a key of an operator who may read deals as ZAKOPS_API_KEY or ZAKOPS_API_KEY_FILE.';

/** Whether events come through the proxies in time, by what was seen of a stream that is silent but for its heartbeats. */
export function judgeStream(watch: StreamWatch, heartbeatMs: number | undefined): Finding {
  const { status, headers, headMs, chunks, endedMs, watchedMs } = watch;
  const beats = chunks.flatMap(({ atMs, heartbeats }) => Array.from({ length: heartbeats }, () => atMs));
  const gaps = beats.slice(1).map((atMs, n) => atMs - (beats[n] ?? 0));
  const first = chunks[0]?.atMs;
  const measured = {
    status: status ?? null,
    head_ms: headMs ?? null,
    first_byte_ms: first ?? null,
    heartbeat_interval_ms: heartbeatMs ?? null,
    heartbeat_gaps_ms: gaps,
    watched_ms: watchedMs,
  };
  const finding = (state: Finding['state'], detail: string, advice?: string): Finding => ({ state, detail, advice, measured });

  if (status === 401 || status === 403) return finding('skipped', `A stream needs a login (status ${String(status)}).`, KEY);
  if (status === 429 || status === 503) {
    return finding(
      'warning',
      `No stream was let in: status ${String(status)}.`,
      'Look at total_connections of GET /api/admin/sse/stats and at its limits.',
    );
  }
  if (status !== undefined && status !== 200) return finding('failure', `The stream was answered with status ${String(status)}.`);
  if (status === 200 && !isEventStream(headers['content-type'])) {
    return finding(
      'failure',
      'The answer is no event stream.',
      'Does the address lead to the API? Something else answers /api/events/stream.',
    );
  }
  if (first === undefined) {
    if (endedMs !== undefined) return finding('failure', `The stream was cut off after ${seconds(endedMs)} without a word.`, UNBUFFER);
    return finding('failure', `Nothing of the stream arrived within ${seconds(watchedMs)}: a proxy holds it back.`, UNBUFFER);
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    return finding('failure', `The stream is compressed (${headers['content-encoding']}): what compresses it holds it back.`, UNBUFFER);
  }
  if (first > FIRST_BYTE_MS)
    return finding('failure', `The first byte came after ${seconds(first)}: a proxy holds the stream back.`, UNBUFFER);
  if (endedMs !== undefined) {
    return finding(
      'failure',
      `The stream was cut off after ${seconds(endedMs)}.`,
      'Raise the read limit of the proxy above SSE_HEARTBEAT_INTERVAL.',
    );
  }
  const begun = `The first byte came after ${String(first)} ms`;
  if (heartbeatMs === undefined) return finding('ok', `${begun}; the heartbeats are not known, and were not watched.`);
  if (gaps.some((gap) => gap < heartbeatMs * LUMP)) return finding('failure', `${begun}, but heartbeats come in lumps.`, UNBUFFER);
  const longest = Math.max(0, beats[0] ?? 0, ...gaps, watchedMs - (beats.at(-1) ?? 0));
  if (longest > heartbeatMs * LATE + JITTER_MS) {
    return finding('failure', `${begun}, but a heartbeat that is due every ${seconds(heartbeatMs)} took ${seconds(longest)}.`, UNBUFFER);
  }
  if (gaps.length === 0)
    return finding('ok', `${begun}; ${seconds(watchedMs)} were too short to see two heartbeats (every ${seconds(heartbeatMs)}).`);
  return finding('ok', `${begun}, and heartbeats come every ${seconds(Math.max(...gaps))}.`);
}

function isEventStream(contentType = ''): boolean {
  try {
    return new MIMEType(contentType).essence === 'text/event-stream';
  } catch {
    return false;
  }
}

function seconds(ms: number): string {
  return `${String(Math.round(ms / 100) / 10)} s`;
}
