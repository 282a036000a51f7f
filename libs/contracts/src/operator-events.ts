import { z } from 'zod';
import { defineEvent } from './define-event.js';

/** Events of the operator aggregate. */
export const operatorEvents = {
  'operator.login_locked': defineEvent({
    version: 1,
    aggregateType: 'operator',
    permission: 'admin:users',
    description: 'Too many wrong passwords were given for an operator: logins are refused for a while.',
    sensitive: ['email', 'address'],
    data: z.strictObject({
      operator_id: z.uuid(),
      email: z.string(),
      address: z.string().nullable(),
      failed_attempts: z.number().int().min(1),
      locked_until: z.iso.datetime({ offset: true }),
    }),
    example: {
      operator_id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
      email: 'ann@example.com',
      address: '203.0.113.7',
      failed_attempts: 5,
      locked_until: '2026-01-31T12:05:00.000Z',
    },
  }),
};
