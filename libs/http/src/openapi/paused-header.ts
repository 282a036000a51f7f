import type { OpenAPIObject } from '@nestjs/swagger';
import type { Operation } from './call-rules.js';

const ADMIN = '/api/admin/';

const PAUSED = {
  'X-Delivery-Paused': {
    description:
      'While deliveries are paused: one item for each pause (RFC 9651), such as `all;until="2026-11-28T11:00:00.000Z"` or ' +
      '`consumer;name="deal-activity";until="..."`. Ten at most, then `others;count=2`. About a second old.',
    required: false,
    schema: { type: 'string' as const },
  },
};

/** Describes the header that answers below `/api/admin/` have while deliveries are paused. */
export function addPausedHeader({ paths }: OpenAPIObject): void {
  for (const [path, item] of Object.entries(paths)) {
    if (!path.startsWith(ADMIN)) continue;
    for (const operation of [item.get, item.put, item.post, item.delete, item.patch]) addTo(operation);
  }
}

function addTo(operation: Operation | undefined): void {
  for (const [status, response] of Object.entries(operation?.responses ?? {})) {
    if (status.startsWith('2') && response !== undefined && !('$ref' in response)) response.headers = { ...response.headers, ...PAUSED };
  }
}
