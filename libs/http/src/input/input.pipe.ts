import type { FieldError } from '#zakops/kernel';
import { Injectable, ValidationPipe } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform, ValidationError } from '@nestjs/common';
import { isPlainObject } from '../fields/collection-rules.js';
import { FROM_TEXT } from '../fields/define-field.js';
import { flattenErrors } from '../fields/field-faults.js';
import { InputError } from '../problem/input-error.js';

const STRICT = { whitelist: true, forbidNonWhitelisted: true, transform: true, stopAtFirstError: false } as const;

/** Reads bodies and parameters into their classes, strictly: unknown members are refused at any depth. */
@Injectable()
export class InputPipe implements PipeTransform {
  readonly #body = new ValidationPipe({ ...STRICT, exceptionFactory: (errors) => new InputError(bodyFields(errors)) });
  readonly #parameters = new ValidationPipe({
    ...STRICT,
    transformOptions: { groups: [FROM_TEXT] },
    exceptionFactory: (errors) => new InputError(parameterFields(errors)),
  });

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body') return (await this.#parameters.transform(value, metadata)) as unknown;
    if (value !== undefined && !isPlainObject(value)) {
      throw new InputError([{ pointer: '', detail: 'The body must be a JSON object', code: 'INVALID_TYPE' }]);
    }
    // class-transformer skips this name without a word.
    if (value !== undefined && Object.hasOwn(value, 'constructor')) {
      throw new InputError([{ pointer: '/constructor', detail: 'is not a known field', code: 'UNKNOWN_FIELD' }]);
    }
    return (await this.#body.transform(value, metadata)) as unknown;
  }
}

function bodyFields(errors: readonly ValidationError[]): readonly FieldError[] {
  return flattenErrors(errors).map(({ at, detail, code }) => ({ pointer: at, detail, code }));
}

/** Parameters are named, not pointed at: `limit`, not `/limit`; an item of a list keeps its parameter's name. */
function parameterFields(errors: readonly ValidationError[]): readonly FieldError[] {
  return flattenErrors(errors).map(({ at, detail, code }) => ({ pointer: at.split('/', 2)[1] ?? at, detail, code }));
}
