import { requestPath } from '#zakops/http';
import { SharedAnswer } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Observable } from 'rxjs';
import { PauseReader } from '../pauses/pause.reader.js';
import { toPausedHeader } from './to-paused-header.js';

/** The header of admin answers that says what is paused. */
export const PAUSED_HEADER = 'X-Delivery-Paused';

const ADMIN = '/api/admin/';
const FRESH_FOR_MS = 1_000;
const LONGEST_WAIT_MS = 250;

/**
 * Puts `X-Delivery-Paused` on the answers below `/api/admin/` while anything is paused.
 *
 * @remarks At most a second old, by one read a second for all callers. A database that is slow or away delays no answer: the header is that
 * of the last look then.
 */
@Injectable()
export class PausedHeaderInterceptor implements NestInterceptor {
  readonly #look: SharedAnswer<string>;
  #last = '';

  constructor(reader: PauseReader) {
    this.#look = new SharedAnswer(async () => (this.#last = toPausedHeader(await reader.inForce())), FRESH_FOR_MS);
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    if (requestPath(http.getRequest<Request>()).startsWith(ADMIN)) {
      const header = await Promise.race([
        this.#look.get().catch(() => this.#last),
        sleep(LONGEST_WAIT_MS, undefined, { ref: false }).then(() => this.#last),
      ]);
      if (header !== '') http.getResponse<Response>().setHeader(PAUSED_HEADER, header);
    }
    return next.handle();
  }
}
