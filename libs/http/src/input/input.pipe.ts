import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { composeTexts } from '../fields/compose-texts.js';
import { isPlainObject } from '../fields/collection-rules.js';
import { isFieldClass, readInstance } from '../fields/read-instance.js';
import type { Fault } from '../fields/value-rule.js';
import { InputError } from '../problem/input-error.js';

/**
 * Reads bodies and parameters into their classes, strictly: unknown members are refused at any depth.
 *
 * @remarks Every text that a handler gets comes through here, and is composed (NFC) before it is checked. So it is kept and compared in one form.
 */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom') return value;
    if (!isFieldClass(metatype)) return composed(value);
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

function composed(value: unknown): unknown {
  const faults: Fault[] = [];
  const texts = composeTexts(value, '', faults);
  if (faults.length === 0) return texts;
  throw new InputError(faults.map(({ at, detail, code }) => ({ pointer: at, detail, code })));
}
