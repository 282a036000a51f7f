import { InputError } from '#zakops/http';

const MAX_LENGTH = 255;

/**
 * Chooses the idempotency key of a request: a header wins over the body.
 *
 * @throws InputError for a header that is empty or longer than 255 characters
 */
export function idempotencyKey(header: string | undefined, body: string | null | undefined): string | undefined {
  if (header === undefined) return body ?? undefined;
  if (header.length >= 1 && header.length <= MAX_LENGTH) return header;
  throw new InputError([{ pointer: 'Idempotency-Key', detail: `must have 1 to ${String(MAX_LENGTH)} characters`, code: 'INVALID_LENGTH' }]);
}
