import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { PayloadTooLargeError, RequestTimeoutError, UnreadableRequestError } from '../problem/http.errors.js';
import type { ContentCoding } from './content-coding.js';

/** How much of a body is waited for. */
export interface BodyLimits {
  /** The most bytes, decompressed. */
  readonly bytes: number;
  readonly timeoutMs: number;
}

/**
 * Reads a body to its end and decompresses it.
 *
 * @remarks Not by body-parser, which reads a refused body to its end before it refuses.
 * @throws PayloadTooLargeError as soon as there is a byte too many, RequestTimeoutError, UnreadableRequestError
 */
export function collectBody(request: IncomingMessage, coding: ContentCoding, limits: BodyLimits): Promise<Buffer> {
  const decoder = decoderOf(coding);
  const source: Readable = decoder === undefined ? request : request.pipe(decoder);
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      source.off('data', onData).off('end', settle);
      // The listeners for errors stay: a later error without one would end the process.
      request.off('close', onClose);
      if (decoder !== undefined) request.unpipe(decoder);
      if (error === undefined) resolve(Buffer.concat(chunks, size));
      else {
        decoder?.destroy();
        reject(error);
      }
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limits.bytes) settle(new PayloadTooLargeError(limits.bytes));
      else chunks.push(chunk);
    };
    const onClose = (): void => {
      if (!request.complete) settle(new UnreadableRequestError('The body did not arrive.'));
    };
    const onError = (cause: Error): void => {
      settle(new UnreadableRequestError('The body cannot be read.', cause));
    };
    const timer = setTimeout(() => {
      settle(new RequestTimeoutError('The body', limits.timeoutMs));
    }, limits.timeoutMs);
    source.on('data', onData).once('end', settle).on('error', onError);
    if (decoder !== undefined) request.on('error', onError);
    request.once('close', onClose);
  });
}

function decoderOf(coding: ContentCoding): ReturnType<typeof createGunzip> | undefined {
  switch (coding) {
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
  }
}
