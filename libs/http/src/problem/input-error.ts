import { DomainError } from '#zakops/kernel';
import type { FieldError } from '#zakops/kernel';

/** The request is readable but wrong: 400 `VALIDATION_ERROR` with one entry per wrong field. */
export class InputError extends DomainError {
  constructor(fields: readonly FieldError[]) {
    const [first] = fields;
    const detail =
      fields.length === 1 && first !== undefined
        ? `${first.pointer} ${first.detail}.`
        : `The request has ${String(fields.length)} invalid fields.`;
    super({ code: 'VALIDATION_ERROR', category: 'invalid_input', detail, fields });
  }
}
