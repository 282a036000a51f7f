import type { IncomingHttpHeaders } from 'node:http';
import { performance } from 'node:perf_hooks';
import { openResponse } from './http-probe.js';

/** What arrived at one moment. */
export interface StreamChunk {
  readonly atMs: number;
  /** Heartbeats in it, which are comments. */
  readonly heartbeats: number;
}

interface StreamHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly headMs: number;
}

/** What was seen of a stream; times count from the request. */
export interface StreamWatch {
  /** Undefined without the head of an answer. */
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly headMs: number | undefined;
  readonly chunks: readonly StreamChunk[];
  /** When the other side ended it; undefined for a stream that was still open. */
  readonly endedMs: number | undefined;
  readonly watchedMs: number;
}

/** How long a stream is watched. */
export interface WatchLimits {
  /** Time for the first byte of the body. */
  readonly firstByteMs: number;
  readonly totalMs: number;
  /** Watching ends after this many heartbeats. */
  readonly heartbeats: number;
}

/**
 * Opens a stream and notes when its chunks arrive.
 *
 * @throws Error of the network when it cannot be opened
 */
export async function watchStream(url: URL, headers: Readonly<Record<string, string>>, limits: WatchLimits): Promise<StreamWatch> {
  const begunAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - begunAt);
  const limit = new AbortController();
  const giveUp = (): void => {
    limit.abort();
  };
  const firstByte = setTimeout(giveUp, limits.firstByteMs);
  const total = setTimeout(giveUp, limits.totalMs);
  const chunks: StreamChunk[] = [];
  let head: StreamHead | undefined;
  let endedMs: number | undefined;
  try {
    const response = await openResponse(url, { accept: 'text/event-stream', ...headers }, limit.signal);
    head = { status: response.statusCode ?? 0, headers: response.headers, headMs: elapsed() };
    const isEnough = await collect(response, limits.heartbeats, (heartbeats) => {
      clearTimeout(firstByte);
      chunks.push({ atMs: elapsed(), heartbeats });
    });
    // An aborted request may end the body without an error.
    if (!isEnough && !limit.signal.aborted) endedMs = elapsed();
  } catch (error) {
    if (!limit.signal.aborted) {
      if (head === undefined) throw error;
      endedMs = elapsed();
    }
  } finally {
    clearTimeout(firstByte);
    clearTimeout(total);
  }
  return { status: head?.status, headers: head?.headers ?? {}, headMs: head?.headMs, chunks, endedMs, watchedMs: elapsed() };
}

/** Reads until `enough` heartbeats have come; false when the stream ended before. */
async function collect(stream: AsyncIterable<string>, enough: number, onChunk: (heartbeats: number) => void): Promise<boolean> {
  let unfinished = '';
  let seen = 0;
  for await (const text of stream) {
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    const heartbeats = lines.filter((line) => line.startsWith(':')).length;
    onChunk(heartbeats);
    seen += heartbeats;
    if (seen >= enough) return true;
  }
  return false;
}
