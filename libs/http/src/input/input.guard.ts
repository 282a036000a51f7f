import type { FieldError } from '#zakops/kernel';
import { Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import type { Request, Response } from 'express';
import { notesOf } from '../context/request-notes.js';
import { announceDeprecations } from '../deprecation/announce-deprecations.js';
import type { DeprecationName } from '../deprecation/deprecations.js';
import { usedDeprecations } from './used-deprecations.js';
import { isPlainObject } from '../fields/collection-rules.js';
import { escapePointer } from '../fields/json-pointer.js';
import { isFieldClass } from '../fields/read-instance.js';
import type { FieldClass } from '../fields/read-instance.js';
import { requestPath } from '../paths/request-path.js';
import { refuseConditions } from '../precondition/refuse-conditions.js';
import { InputError } from '../problem/input-error.js';
import { isSecretAnswer } from '../secret-answer.js';
import { hasBody } from './body-head.js';
import { BodyReader } from './body-reader.js';
import { textBodyOf } from './text-body.js';
import type { TextBodyOptions } from './text-body.js';
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
  readonly hasSecretAnswer: boolean;
  readonly textBody: TextBodyOptions | undefined;
}

/**
 * Reads the body, says what is deprecated, and refuses what cannot be stored and what no parameter of the handler reads: unknown query
 * parameters, repeated ones, and a body that nobody takes. Refuses conditions that the handler does not judge.
 *
 * @remarks It runs behind the guard of auth, so that nothing is read for a caller who is refused or has called too often: `AppModule` lists
 * `AuthModule` before `HttpModule`. It is a guard because an interceptor costs a request several observables.
 */
@Injectable()
export class InputGuard implements CanActivate {
  /** By class and handler: classes may share an inherited handler, and differ in its marks. */
  readonly #declared = new Map<object, Map<object, Declared>>();

  constructor(private readonly bodies: BodyReader) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    refuseConditions(request, context.getHandler());
    const declared = this.declaredBy(context);
    if (declared.hasSecretAnswer) notesOf(request).hasSecretAnswer = true;
    if (!hasBody(request)) return check(declared, request, response);
    const read =
      declared.textBody === undefined ? this.bodies.read(request, response) : this.bodies.readText(request, response, declared.textBody);
    return read.then(() => check(declared, request, response));
  }

  private declaredBy(context: ExecutionContext): Declared {
    const controller = context.getClass();
    const handler = context.getHandler();
    let ofController = this.#declared.get(controller);
    if (ofController === undefined) this.#declared.set(controller, (ofController = new Map<object, Declared>()));
    let declared = ofController.get(handler);
    if (declared === undefined) ofController.set(handler, (declared = readDeclaration(controller, handler)));
    return declared;
  }
}

function check(declared: Declared, request: Request, response: Response): true {
  request.notes?.translation?.readRequest(request);
  const unstorable = [...pathFaults(request), ...parameterFaults(request)];
  if (unstorable.length > 0) throw new InputError(unstorable);
  // Also of a call that is refused for something else.
  announceDeprecations(response, deprecationsOf(request, declared.classes));
  const faults = [...queryFaults(request, declared.query), ...(declared.body ? [] : bodyFaults(request.body))];
  if (faults.length > 0) throw new InputError(faults);
  return true;
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
  return {
    query: takesAll ? 'all' : names,
    body,
    classes,
    hasSecretAnswer: isSecretAnswer(controller, handler),
    textBody: textBodyOf(handler),
  };
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
