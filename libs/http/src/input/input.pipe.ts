import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { isPlainObject } from '../fields/collection-rules.js';
import { isFieldClass, readInstance } from '../fields/read-instance.js';
import { InputError } from '../problem/input-error.js';

/** Reads bodies and parameters into their classes, strictly: unknown members are refused at any depth. */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || !isFieldClass(metatype)) return value;
    const members = value ?? {};
    if (!isPlainObject(members)) {
      throw new InputError([{ pointer: '', detail: 'The body must be a JSON object', code: 'INVALID_TYPE' }]);
    }
    const isBody = type === 'body';
    const { instance, faults } = readInstance(metatype, members, isBody ? 'json' : 'text');
    if (faults.length === 0) return instance;
    // Parameters are named, not pointed at: `limit`, not `/limit`; an item of a list keeps its parameter's name.
    throw new InputError(faults.map(({ at, detail, code }) => ({ pointer: isBody ? at : (at.split('/', 2)[1] ?? at), detail, code })));
  }
}
