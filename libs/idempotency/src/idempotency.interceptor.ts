import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { isSecretAnswer, JsonText } from '#zakops/http';
import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { AnswerStore } from './answer.store.js';
import type { Claim, StoredAnswer } from './answer.store.js';
import { fingerprintOf } from './call-fingerprint.js';
import type { CallFingerprint } from './call-fingerprint.js';
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError, IdempotentAnswerWasSecretError } from './idempotency.errors.js';
import { IdempotencyMetrics } from './idempotency.metrics.js';
import { readIdempotencyKey } from './read-idempotency-key.js';

/** What belongs to an answer besides status and body. */
const KEPT_HEADERS = ['Location', 'ETag'] as const;

const NOTHING = Buffer.alloc(0);

/** One call of a handler with a key. */
interface KeyedCall {
  readonly fingerprint: CallFingerprint;
  readonly response: Response;
  readonly handler: CallHandler;
  readonly hasSecretAnswer: boolean;
}

/** Carries an answer out of a transaction, which is rolled back, so that the answer is not stored. */
class UnstoredAnswer extends Error {
  constructor(readonly value: unknown) {
    super('The answer is not stored.');
  }
}

/** Ends a call that was made before; its transaction is rolled back. */
class Repeated extends Error {
  constructor(readonly answer: StoredAnswer) {
    super('This call was made before.');
  }
}

/**
 * Lets a POST or PATCH with an `Idempotency-Key` take effect once: a repeated call gets the first answer.
 *
 * @remarks Key, effect and answer are one transaction, which the command of the call joins. An answer outside 2xx rolls it back and so
 * releases the key; so does a process that dies. A repeated call is refused at once while the first one runs. Public routes are without the
 * mark {@link Idempotent} and ignore the header: a key has no owner there, and most of these routes take passwords.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly answers: AnswerStore,
    private readonly metrics: IdempotencyMetrics,
  ) {}

  intercept(context: ExecutionContext, handler: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const { principal } = request;
    if (principal === undefined) return handler.handle();
    const key = readIdempotencyKey(request.headers);
    if (key === undefined) return handler.handle();
    return from(
      this.answer({
        fingerprint: fingerprintOf(request, principal, key),
        response: http.getResponse<Response>(),
        handler,
        hasSecretAnswer: isSecretAnswer(context.getClass(), context.getHandler()),
      }),
    );
  }

  private async answer(call: KeyedCall): Promise<unknown> {
    try {
      return await this.unitOfWork.runJoined((tx) => this.answerOnce(tx, call));
    } catch (error) {
      if (error instanceof UnstoredAnswer) return error.value;
      if (error instanceof Repeated) {
        this.metrics.replayed();
        return replay(error.answer, call.response);
      }
      throw error;
    }
  }

  private async answerOnce(tx: Transaction, call: KeyedCall): Promise<unknown> {
    const { fingerprint, response, handler } = call;
    requireNew(await this.answers.claim(tx, fingerprint.scope), fingerprint);
    const cookies = response.getHeader('Set-Cookie');
    const value: unknown = await lastValueFrom(handler.handle(), { defaultValue: undefined });
    if (response.headersSent) throw new Error('A route that writes its answer itself cannot take an idempotency key.');
    if (response.statusCode < 200 || response.statusCode > 299) throw new UnstoredAnswer(value);
    // A cookie that was set here is a secret whether the route says so or not.
    const isSecret = call.hasSecretAnswer || response.getHeader('Set-Cookie') !== cookies;
    const { scope } = fingerprint;
    // Where an answer is secret, what was sent may be a password, and this hash is quick to guess.
    const input = isSecret ? NOTHING : fingerprint.input;
    const answer = answerOf(response, value, isSecret);
    tx.atCommit(this.answers.storing({ scope, input }, answer));
    return answer.body === null ? value : toAnswer(answer.body);
  }
}

function answerOf(response: Response, value: unknown, isSecret: boolean): StoredAnswer {
  if (isSecret) return { status: response.statusCode, headers: {}, body: null, isSecret };
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const header = response.getHeader(name);
    if (header !== undefined) headers[name] = String(header);
  }
  return { status: response.statusCode, headers, body: value === undefined ? null : JSON.stringify(value), isSecret };
}

/** @throws Repeated, IdempotencyKeyInUseError, IdempotencyKeyReusedError, IdempotentAnswerWasSecretError unless the key is new */
function requireNew(claim: Claim, fingerprint: CallFingerprint): void {
  if (claim.state === 'taken') throw new IdempotencyKeyInUseError();
  if (claim.state === 'new') return;
  if (claim.answer.isSecret) throw new IdempotentAnswerWasSecretError(claim.answer.status);
  if (!claim.input.equals(fingerprint.input)) throw new IdempotencyKeyReusedError();
  throw new Repeated(claim.answer);
}

function replay({ status, headers, body }: StoredAnswer, response: Response): unknown {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Idempotency-Replayed', 'true');
  return body === null ? undefined : toAnswer(body);
}

/** Objects are sent as they were written; Nest sends texts and null in another way, the first time and again. */
function toAnswer(json: string): unknown {
  return json.startsWith('{') || json.startsWith('[') ? new JsonText(json) : JSON.parse(json);
}
