import { defineConfig, integer } from '#zakops/config';

/** How long a repeated call is recognised. */
export class IdempotencyConfig extends defineConfig('Idempotency', {
  keyHours: {
    env: 'IDEMPOTENCY_KEY_HOURS',
    schema: integer(1, 720),
    default: '24',
    form: 'hours, 1 to 720',
    description:
      'How long the answer to a call with an `Idempotency-Key` is kept for repeated calls. A shorter time holds for stored answers, too.',
    example: '24',
  },
}) {}
