import { ExpressAdapter } from '@nestjs/platform-express';
import { StreamableFile } from '@nestjs/common';
import express from 'express';
import type { Response } from 'express';
import { JsonText } from './json-text.js';
import { sendJson } from './precondition/send-json.js';

/** Express, with JSON answers that are written once: the entity tag covers the bytes that are sent. */
class HttpAdapter extends ExpressAdapter {
  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    if (!(body instanceof JsonText) && !becomesJson(body, response)) return super.reply(response, body, statusCode);
    if (statusCode !== undefined) response.status(statusCode);
    sendJson(response, toJson(response, body));
    return undefined;
  }
}

/**
 * Makes the adapter that the application must be created with.
 *
 * @remarks Its router knows one spelling of a path: `/API/ADMIN` must not pass a proxy's rule for `/api/admin`. It reads these settings when
 * it is first asked for, which Nest does while it creates the application.
 */
export function createHttpAdapter(): ExpressAdapter {
  const app = express();
  app.enable('case sensitive routing');
  app.enable('strict routing');
  return new HttpAdapter(app);
}

function toJson(response: Response, body: JsonText | object): string {
  const translation = response.req.notes?.translation;
  if (translation === undefined) return body instanceof JsonText ? body.text : JSON.stringify(body);
  // Written and read, so that the translation meets JSON values only.
  const usual: unknown = JSON.parse(body instanceof JsonText ? body.text : JSON.stringify(body));
  return JSON.stringify(translation.writeAnswer(response, usual));
}

function becomesJson(body: unknown, response: Response): body is object {
  if (typeof body !== 'object' || body === null || response.headersSent) return false;
  const isStream = body instanceof StreamableFile || ArrayBuffer.isView(body);
  return !isStream && !(body instanceof Error) && response.getHeader('Content-Type') === undefined;
}
