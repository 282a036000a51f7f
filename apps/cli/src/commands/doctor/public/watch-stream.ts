import type { IncomingHttpHeaders } from 'node:http';
import { performance } from 'node:perf_hooks';
import { openRequest } from './http-probe.js';

/** What came at one moment. */
export interface StreamChunk {
  readonly atMs: number;
  /** Blocks that ended in it. */
  readonly frames: number;
  /** Comments in it, which are heartbeats. */
  readonly heartbeats: number;
}

/** What was seen of a stream; times count from when it was asked for. */
export interface StreamWatch {
  /** Undefined when not even the head of an answer came. */
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly headMs: number | undefined;
  readonly chunks: readonly StreamChunk[];
  /** When the other side ended it; undefined when it was still open at the end. */
  readonly endedMs: number | undefined;
  readonly watchedMs: number;
}

/** How long a stream is watched. */
export interface WatchLimits {
  /** Gives up when nothing of the body has come by then. */
  readonly firstByteMs: number;
  readonly totalMs: number;
  /** Enough is seen after so many heartbeats. */
  readonly heartbeats: number;
}

/**
 * Opens a stream and notes when what of it arrives.
 *
 * @throws Error of the network when it cannot be opened
 */
export function watchStream(url: URL, headers: Readonly<Record<string, string>>, limits: WatchLimits): Promise<StreamWatch> {
  return new Promise((resolve, reject) => {
    const begunAt = performance.now();
    const elapsed = (): number => Math.round(performance.now() - begunAt);
    const chunks: StreamChunk[] = [];
    let head: { status: number; headers: IncomingHttpHeaders; headMs: number } | undefined;
    let unfinished = '';
    let isOver = false;
    const finish = (endedMs: number | undefined): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(firstByte);
      clearTimeout(total);
      const { status, headers: answered = {}, headMs } = head ?? {};
      resolve({ status, headers: answered, headMs, chunks, endedMs, watchedMs: elapsed() });
      request.destroy();
    };
    const request = openRequest(url, { accept: 'text/event-stream', ...headers }, (response) => {
      head = { status: response.statusCode ?? 0, headers: response.headers, headMs: elapsed() };
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        clearTimeout(firstByte);
        const lines = (unfinished + text).split('\n');
        unfinished = lines.pop() ?? '';
        chunks.push({
          atMs: elapsed(),
          frames: lines.filter((line) => line === '').length,
          heartbeats: lines.filter((line) => line.startsWith(':')).length,
        });
        if (chunks.reduce((sum, chunk) => sum + chunk.heartbeats, 0) >= limits.heartbeats) finish(undefined);
      });
      const ended = (): void => {
        finish(elapsed());
      };
      response.on('end', ended).on('error', ended).on('close', ended);
    });
    const firstByte = setTimeout(() => {
      finish(undefined);
    }, limits.firstByteMs);
    const total = setTimeout(() => {
      finish(undefined);
    }, limits.totalMs);
    request.on('error', (error) => {
      if (head !== undefined || isOver) return;
      clearTimeout(firstByte);
      clearTimeout(total);
      reject(error);
    });
  });
}
