import { gzipSync } from 'node:zlib';
import { RuntimeConfig } from '#zakops/config';
import { Injectable } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DEPRECATIONS, deprecationSentence } from '../deprecation/deprecations.js';
import type { DeprecationName } from '../deprecation/deprecations.js';
import { API_TAGS } from './api-tags.js';
import { asyncDocument } from './async-document.js';
import { eventWebhooks } from './event-webhooks.js';
import { optionalExamplesInWords } from './optional-examples.js';
import { addProblemExamples, sharedProblemExamples } from './problem-examples.js';
import { bodyTag } from '../precondition/entity-tag.js';
import { addCallRules } from './call-rules.js';
import type { Operation } from './call-rules.js';
import { addPausedHeader } from './paused-header.js';
import { PROBLEM_MEDIA_TYPE } from './problem-responses.js';
import { LegacyError, LegacyErrorDetail, Problem, ProblemField } from './problem.schema.js';
import { toOpenApi31 } from './to-openapi-31.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

const SESSION = 'session';
const API_KEY = 'api_key';

const DESCRIPTION = [
  'Deals, and the events that tell everyone of their changes.',
  'JSON in snake_case, instants in ISO 8601 UTC, lists as bare arrays with `Link` and `X-Next-Cursor`.',
  'Texts are composed (NFC) before they are checked and stored; their lengths are code points.',
  'JSON answers to GET have an `ETag` that covers all of them, and are not sent again to those who name it in `If-None-Match` (304).',
  'Every answer outside 2xx is `application/problem+json` (RFC 9457) with a stable `code` and the trace id of the request.',
  'Calls that use what is deprecated are answered with `Deprecation` (RFC 9745), `Link` and, when its end is planned, `Sunset` (RFC 8594).',
  ...(Object.keys(DEPRECATIONS) as DeprecationName[]).map(deprecationSentence),
].join(' ');

/** A document as it is sent, and the strong entity tag of each form. */
export interface DocumentFile {
  readonly plain: { readonly body: Buffer; readonly tag: string };
  readonly gzipped: { readonly body: Buffer; readonly tag: string };
}

/** The OpenAPI 3.1 document of the running application, made when it is first asked for. */
@Injectable()
export class ApiDocument {
  #application: INestApplication | undefined;
  #document: OpenAPIObject | undefined;
  #file: DocumentFile | undefined;
  #asyncFile: DocumentFile | undefined;

  constructor(private readonly runtime: RuntimeConfig) {}

  /** Says which application to describe. Must be called before the document is asked for. */
  describe(application: INestApplication): void {
    this.#application = application;
  }

  /** The document as it is sent; made once, because it is large and stays the same as long as this process. */
  get file(): DocumentFile {
    this.#file ??= toFile(this.document);
    return this.#file;
  }

  /** The AsyncAPI document of the event log, as it is sent. */
  get asyncFile(): DocumentFile {
    this.#asyncFile ??= toFile(this.asyncDocument);
    return this.#asyncFile;
  }

  /** What streams bring: AsyncAPI 3.0, from the catalogue of events. */
  get asyncDocument(): object {
    return asyncDocument(this.runtime.version);
  }

  /** @throws Error when two operations have one id, or no application was given: defects of the composition */
  get document(): OpenAPIObject {
    if (this.#application === undefined) throw new Error('ApiDocument.describe was not called.');
    this.#document ??= this.build(this.#application);
    return this.#document;
  }

  private build(application: INestApplication): OpenAPIObject {
    const base = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('ZakOps')
      .setDescription(DESCRIPTION)
      .setVersion(this.runtime.version)
      .setLicense('MIT', 'https://opensource.org/license/mit')
      .addServer('/')
      .addCookieAuth('zakops_session', { type: 'apiKey', in: 'cookie', description: 'The session of an operator.' }, SESSION)
      .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'zko_<key>', description: 'An API key: `zko_...`.' }, API_KEY)
      .build();
    const document = SwaggerModule.createDocument(application, base, {
      operationIdFactory: (controller, method) => `${lowerFirst(controller.replace(/Controller$/, ''))}_${method}`,
      extraModels: [Problem, ProblemField, LegacyError, LegacyErrorDetail],
    });
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
    );
    checkOperationIds(operations.map(({ operation }) => operation));
    for (const { path, method, operation } of operations) {
      addDefaults(operation, method);
      addProblemExamples(operation, path);
      optionalExamplesInWords(operation);
    }
    document.tags = API_TAGS.map((tag) => ({ ...tag }));
    document.components = { ...document.components, examples: sharedProblemExamples() };
    document.webhooks = eventWebhooks();
    addPausedHeader(document);
    return toOpenApi31(document) as OpenAPIObject;
  }
}

/** What every operation has: security unless it is public, and the problems that the ground rules answer with. */
function addDefaults(operation: Operation, method: string): void {
  // The last requirement is that of the route, which wins over that of its controller; an empty one says: public.
  const requirement = operation.security?.at(-1) ?? { [SESSION]: [] };
  const isPublic = Object.keys(requirement).length === 0;
  // An answer that says no more than its operation is described by it.
  for (const response of Object.values(operation.responses)) {
    if (response !== undefined && 'description' in response && response.description === '') response.description = operation.summary ?? '';
  }
  // One scheme of a route's requirement is enough, and one of its scopes.
  operation.security = Object.entries(requirement).flatMap(([scheme, scopes]) =>
    scopes.length === 0 ? [{ [scheme]: [] }] : scopes.map((scope) => ({ [scheme]: [scope] })),
  );
  addProblem(operation, 400, '`VALIDATION_ERROR`: Invalid request. `BAD_REQUEST`: Unreadable request.');
  if (!isPublic) addProblem(operation, 401, '`UNAUTHORIZED`: Authentication required.');
  if (!isPublic) addProblem(operation, 403, forbidden(requirement[SESSION] ?? []));
  if (operation.requestBody !== undefined) {
    addProblem(operation, 413, '`PAYLOAD_TOO_LARGE`: Body too large.');
    addProblem(operation, 415, '`UNSUPPORTED_MEDIA_TYPE`: Unsupported media type.');
  }
  addProblem(operation, 500, '`INTERNAL_ERROR`: Internal error.');
  addProblem(operation, 503, '`SERVICE_UNAVAILABLE`: Service unavailable.');
  addCallRules(operation, method, isPublic);
}

function forbidden(permissions: readonly string[]): string {
  const lacking =
    permissions.length === 0 ? 'the caller is not of the kind that may call it' : `the caller does not hold ${permissions.join(' or ')}`;
  return `\`FORBIDDEN\`: ${lacking}. \`CSRF_REJECTED\`: Forged request.`;
}

function addProblem(operation: Operation, status: number, description: string): void {
  operation.responses[String(status)] ??= { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(Problem) } } } };
}

function checkOperationIds(operations: readonly Operation[]): void {
  const seen = new Set<string>();
  for (const { operationId = '' } of operations) {
    if (seen.has(operationId)) throw new Error(`Two operations have the id ${operationId}; give one of them its own in @ApiOperation.`);
    seen.add(operationId);
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function toFile(document: object): DocumentFile {
  const text = JSON.stringify(document);
  const body = Buffer.from(text);
  return { plain: { body, tag: bodyTag(text) }, gzipped: { body: gzipSync(body), tag: bodyTag(`${text}\ngzip`) } };
}
