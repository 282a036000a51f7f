import { decodeCursor, InputError, instantRule, uuidRule } from '#zakops/http';
import type { OperatorKey } from '../queries/list-operators/list-operators.query.js';

const instant = instantRule();
const uuid = uuidRule();

/**
 * Reads the key out of a cursor. A checksum is no signature: what comes back must not reach the database unread.
 *
 * @throws InputError for a cursor that this list did not make
 */
export function readOperatorCursor(scope: string, cursor: string | undefined): OperatorKey | undefined {
  if (cursor === undefined) return undefined;
  const { createdAt, id } = decodeCursor(scope, cursor);
  if (createdAt === undefined || id === undefined || instant.faults(createdAt).length > 0 || uuid.faults(id).length > 0) {
    throw new InputError([{ pointer: 'cursor', detail: 'is not a cursor of this list', code: 'INVALID_CURSOR' }]);
  }
  return { createdAt, id };
}
