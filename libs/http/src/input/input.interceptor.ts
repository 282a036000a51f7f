import type { FieldError } from '#zakops/kernel';
import { Injectable, SetMetadata } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import type { Request, Response } from 'express';
import { from, mergeMap } from 'rxjs';
import type { Observable } from 'rxjs';
import { isPlainObject } from '../fields/collection-rules.js';
import { escapePointer } from '../fields/field-faults.js';
import { requestPath } from '../paths/request-path.js';
import { InputError } from '../problem/input-error.js';
import { hasBody } from './body-head.js';
import { BodyReader } from './body-reader.js';
import { textFaults } from './storable-values.js';

// Nest's keys are `<kind>:<index>`.
const BODY: number = RouteParamtypes.BODY;
const QUERY: number = RouteParamtypes.QUERY;

const LOOSE = 'zakops:loose-query';

/** Lets a route take any query parameters and ignore them. For probes: balancers add some to defeat caches. */
export function IgnoreUnknownQuery(): MethodDecorator & ClassDecorator {
  return SetMetadata(LOOSE, true);
}

/** What a handler declares it reads: `all` when it takes the whole, which its class then checks. */
interface Declared {
  readonly query: ReadonlySet<string> | 'all';
  readonly body: boolean;
}

/**
 * Reads the body, and refuses what cannot be stored and what no parameter of the handler reads: unknown query parameters, repeated ones, and
 * a body that nobody takes.
 *
 * @remarks It runs behind the guards, so that nothing is read for a caller who is refused or has called too often.
 */
@Injectable()
export class InputInterceptor implements NestInterceptor {
  readonly #declared = new WeakMap<object, Declared>();

  constructor(private readonly bodies: BodyReader) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    if (!hasBody(request)) {
      this.check(context, request);
      return next.handle();
    }
    return from(this.bodies.read(request, context.switchToHttp().getResponse<Response>())).pipe(
      mergeMap(() => {
        this.check(context, request);
        return next.handle();
      }),
    );
  }

  private check(context: ExecutionContext, request: Request): void {
    const unstorable = [...pathFaults(request), ...parameterFaults(request)];
    if (unstorable.length > 0) throw new InputError(unstorable);
    const declared = this.declaredBy(context);
    const faults = [...queryFaults(request, declared.query), ...(declared.body ? [] : bodyFaults(request.body))];
    if (faults.length > 0) throw new InputError(faults);
  }

  private declaredBy(context: ExecutionContext): Declared {
    const handler = context.getHandler();
    const known = this.#declared.get(handler);
    if (known !== undefined) return known;
    const declared = readDeclaration(context.getClass(), handler);
    this.#declared.set(handler, declared);
    return declared;
  }
}

function readDeclaration(controller: object, handler: { readonly name: string }): Declared {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) as Record<string, { data?: unknown }> | undefined;
  const names = new Set<string>();
  let takesAll = Reflect.getMetadata(LOOSE, handler) === true || Reflect.getMetadata(LOOSE, controller) === true;
  let body = false;
  for (const [key, { data }] of Object.entries(parameters ?? {})) {
    const kind: number = Number(key.split(':', 1)[0]);
    if (kind === BODY) body = true;
    if (kind !== QUERY) continue;
    if (typeof data === 'string') names.add(data);
    else takesAll = true;
  }
  return { query: takesAll ? 'all' : names, body };
}

function queryFaults(request: Request, declared: Declared['query']): readonly FieldError[] {
  if (declared === 'all') return [];
  return Object.entries(request.query).flatMap(([name, value]) => {
    if (!declared.has(name)) return [{ pointer: name, detail: 'is not a known parameter', code: 'UNKNOWN_FIELD' }];
    return Array.isArray(value) ? [{ pointer: name, detail: 'is given more than once', code: 'REPEATED' }] : [];
  });
}

function bodyFaults(body: unknown): readonly FieldError[] {
  if (!isPlainObject(body)) return [];
  return Object.keys(body).map((name) => ({ pointer: `/${escapePointer(name)}`, detail: 'is not a known field', code: 'UNKNOWN_FIELD' }));
}

function pathFaults(request: Request): readonly FieldError[] {
  return requestPath(request).includes('%00') ? textFaults('\0', 'path') : [];
}

function parameterFaults(request: Request): readonly FieldError[] {
  return Object.entries(request.query).flatMap(([name, value]) => [
    ...textFaults(name, name),
    ...[value].flat().flatMap((text) => (typeof text === 'string' ? textFaults(text, name) : [])),
  ]);
}
