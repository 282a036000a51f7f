import type { FieldError } from '#zakops/kernel';
import { Injectable, SetMetadata } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import type { Request, Response } from 'express';
import { from, mergeMap } from 'rxjs';
import type { Observable } from 'rxjs';
import { announceDeprecations } from '../deprecation/announce-deprecations.js';
import type { DeprecationName } from '../deprecation/deprecations.js';
import { usedDeprecations } from '../deprecation/used-deprecations.js';
import { isPlainObject } from '../fields/collection-rules.js';
import { escapePointer } from '../fields/json-pointer.js';
import { isFieldClass } from '../fields/read-instance.js';
import type { FieldClass } from '../fields/read-instance.js';
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
  /** The classes into which query and body are read as a whole. */
  readonly classes: { readonly query: readonly FieldClass[]; readonly body: readonly FieldClass[] };
}

/**
 * Reads the body, says what is deprecated, and refuses what cannot be stored and what no parameter of the handler reads: unknown query parameters, repeated ones, and
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
    const response = context.switchToHttp().getResponse<Response>();
    if (!hasBody(request)) {
      this.check(context, request, response);
      return next.handle();
    }
    return from(this.bodies.read(request, response)).pipe(
      mergeMap(() => {
        this.check(context, request, response);
        return next.handle();
      }),
    );
  }

  private check(context: ExecutionContext, request: Request, response: Response): void {
    const unstorable = [...pathFaults(request), ...parameterFaults(request)];
    if (unstorable.length > 0) throw new InputError(unstorable);
    const declared = this.declaredBy(context);
    // Also of a call that is refused for something else.
    announceDeprecations(response, deprecationsOf(request, declared.classes));
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

function readDeclaration(controller: { readonly prototype: object }, handler: { readonly name: string }): Declared {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) as
    Record<string, { data?: unknown; index: number }> | undefined;
  const names = new Set<string>();
  let takesAll = Reflect.getMetadata(LOOSE, handler) === true || Reflect.getMetadata(LOOSE, controller) === true;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype, handler.name) ?? []) as readonly unknown[];
  const classes: { query: FieldClass[]; body: FieldClass[] } = { query: [], body: [] };
  let body = false;
  for (const [key, { data, index }] of Object.entries(parameters ?? {})) {
    const kind: number = Number(key.split(':', 1)[0]);
    const type = types[index];
    if (data === undefined && isFieldClass(type)) (kind === BODY ? classes.body : kind === QUERY ? classes.query : []).push(type);
    if (kind === BODY) body = true;
    if (kind !== QUERY) continue;
    if (typeof data === 'string') names.add(data);
    else takesAll = true;
  }
  return { query: takesAll ? 'all' : names, body, classes };
}

function deprecationsOf(request: Request, { query, body }: Declared['classes']): readonly DeprecationName[] {
  const used = query.flatMap((type) => usedDeprecations(type, request.query, 'text'));
  const members: unknown = request.body;
  if (isPlainObject(members)) used.push(...body.flatMap((type) => usedDeprecations(type, members, 'json')));
  const takesKeys = request.method === 'POST' || request.method === 'PATCH';
  if (takesKeys && request.headers['x-idempotency-key'] !== undefined) used.push('olderKeyName');
  return used;
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
