import { mayHoldInexactNumbers, parseExactJson } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isUtf8 } from 'node:buffer';
import { HttpConfig } from '../http.config.js';
import { sendContinue } from '../limits/expectations.js';
import { UnreadableRequestError } from '../problem/http.errors.js';
import { InputError } from '../problem/input-error.js';
import { judgeBodyHead } from './body-head.js';
import { collectBody } from './collect-body.js';
import { findTooDeep } from './nesting.js';
import type { TextBodyOptions } from './text-body.js';
import { findUnstorable, MAX_DEPTH, tooDeep } from './storable-values.js';

/** The largest body, decompressed. */
export const MAX_BODY_BYTES = 1_048_576;

/** The largest body of a caller who has not said who it is: a login needs no more. */
export const MAX_ANONYMOUS_BODY_BYTES = 16_384;

const BYTE_ORDER_MARK = '\uFEFF';
const ARRAY_OR_OBJECT = /^\s*[[{]/;

/** Reads the JSON body of a request, as its caller and its headers allow. */
@Injectable()
export class BodyReader {
  constructor(private readonly config: HttpConfig) {}

  /**
   * Sets `request.body`. To be called when it is known who calls, and that the call is allowed.
   *
   * @throws UnsupportedMediaTypeError, PayloadTooLargeError before anything is read where the headers tell; PayloadTooLargeError,
   * RequestTimeoutError, UnreadableRequestError, and InputError for values that cannot be stored as they are
   */
  async read(request: Request, response: Response): Promise<void> {
    const bytes = request.call?.actor === undefined ? MAX_ANONYMOUS_BODY_BYTES : MAX_BODY_BYTES;
    const coding = judgeBodyHead(request, bytes);
    sendContinue(request, response);
    const body = await collectBody(request, coding, { bytes, timeoutMs: this.config.bodyTimeoutMs });
    request.body = body.length === 0 ? {} : parse(body);
  }

  /**
   * As {@link read}, for a text: sets `request.body` to it, without a byte order mark.
   *
   * @throws InputError for characters that cannot be stored
   */
  async readText(request: Request, response: Response, { types, maxBytes }: TextBodyOptions): Promise<void> {
    const coding = judgeBodyHead(request, maxBytes, types);
    sendContinue(request, response);
    const body = await collectBody(request, coding, { bytes: maxBytes, timeoutMs: this.config.bodyTimeoutMs });
    if (!isUtf8(body)) throw new UnreadableRequestError('The body is not valid UTF-8.');
    request.body = withoutMark(body.toString('utf8'));
    requireStorable(request.body);
  }
}

function parse(body: Buffer): unknown {
  // A decoder would put U+FFFD in place of bytes that are not UTF-8, and a name would be stored mutilated.
  if (!isUtf8(body)) throw new UnreadableRequestError('The body is not valid UTF-8.');
  const deep = findTooDeep(body, MAX_DEPTH);
  if (deep !== undefined) throw new InputError([tooDeep(deep)]);
  const text = withoutMark(body.toString('utf8'));
  const value = parseJson(text);
  requireStorable(value);
  // Only digits are looked for. They are the same in Latin-1, which is quicker to decode than UTF-8.
  if (mayHoldInexactNumbers(body.toString('latin1'))) requireStorable(parseExactJson(text));
  return value;
}

function parseJson(text: string): unknown {
  if (!ARRAY_OR_OBJECT.test(text)) throw new UnreadableRequestError('The body is not valid JSON.');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new UnreadableRequestError('The body is not valid JSON.', cause);
  }
}

function requireStorable(value: unknown): void {
  const faults = findUnstorable(value);
  if (faults.length > 0) throw new InputError(faults);
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
