export { DEPRECATIONS, deprecationSentence } from './deprecation/deprecations.js';
export type { DeprecatedValues } from './deprecation/deprecations.js';
export { TextBody } from './input/text-body.js';
export { readInstance } from './fields/read-instance.js';
export type { Fault } from './fields/value-rule.js';
export type { Translation } from './context/translation.js';
export { notesOf, refuseLater } from './context/request-notes.js';
export { endRequestSpan } from './context/request-span.js';
export { sendStream } from './context/send-stream.js';
export { signalOfClose } from './context/signal-of-close.js';
export type { ArrayLimits, ClassRef, ItemType } from './fields/collection-rules.js';
export type { FieldOptions } from './fields/define-field.js';
export {
  ArrayField,
  BooleanField,
  DateField,
  DateTimeField,
  EnumField,
  IntegerField,
  JsonField,
  JsonObjectField,
  MapField,
  MoneyField,
  NumberField,
  ObjectField,
  StringField,
  UuidField,
} from './fields/fields.js';
export { Money } from './fields/money.js';
export { booleanRule, dateRule, enumRule, instantRule, integerRule, jsonRule, numberRule, stringRule, uuidRule } from './fields/rules.js';
export type { NumberLimits, StringLimits } from './fields/rules.js';
export type { ValueRule } from './fields/value-rule.js';
export { PAGE_HEADERS, PageResponse } from './openapi/page-response.js';
export { ProblemResponses } from './openapi/problem-responses.js';
export { Problem } from './openapi/problem.schema.js';
export { CURSOR_RULES } from './paging/cursor-rules.js';
export { Cursors, cursorScope } from './paging/cursors.js';
export { setNextPage } from './paging/next-page.js';
export { LIMIT_DESCRIPTION, OFFSET_DESCRIPTION, PageQuery, WALK_BY_OFFSET, WALK_OF_FIXED_PLACES } from './paging/page-query.js';
export { findUnstorable } from './input/storable-values.js';
export { requestPath, requestQuery, targetPath } from './paths/request-path.js';
export { routePath } from './paths/route-path.js';
export { sendJson } from './precondition/send-json.js';
export { toETag } from './precondition/entity-tag.js';
export { ETAG_HEADER, IfMatch } from './precondition/if-match.decorator.js';
export { JsonText } from './json-text.js';
export { isSecretAnswer, SecretAnswer } from './secret-answer.js';
export { InputError } from './problem/input-error.js';
export { PROBLEM_CODES } from './problem/problem-codes.js';
export type { ProblemCode } from './problem/problem-codes.js';
export { ContributionError, contributionsOf } from './contributions.js';
export { createHttpAdapter } from './http-adapter.js';
export { HttpConfig } from './http.config.js';
export { HttpModule } from './http.module.js';
export { parseAuthority } from './hosts/authority.js';
export { isLoopback, OwnHosts } from './hosts/own-hosts.js';
export { IgnoreUnknownQuery } from './input/input.guard.js';
export { ApiDocument } from './openapi/api-document.js';
export { prepareHttp } from './prepare-http.js';
