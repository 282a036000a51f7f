import { DomainError } from '#zakops/kernel';
import type { FieldError } from '#zakops/kernel';

/** An event was appended whose type is not in the catalogue: a defect of the caller. */
export class UnknownEventTypeError extends DomainError {
  constructor(type: string) {
    super({ code: 'INTERNAL_ERROR', category: 'internal', detail: `Event type ${type} is not in the catalogue.` });
  }
}

/** A payload does not fit the schema of its type: a defect of the caller. */
export class EventSchemaError extends DomainError {
  constructor(type: string, fields: readonly FieldError[]) {
    const where = fields.map((field) => `${field.pointer}: ${field.detail}`).join('; ');
    super({ code: 'INTERNAL_ERROR', category: 'internal', detail: `Event ${type} does not fit its schema: ${where}`, fields });
  }
}
