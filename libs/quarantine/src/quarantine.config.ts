import { defineConfig } from '#zakops/config';
import { z } from 'zod';

/** Mail in quarantine. */
export class QuarantineConfig extends defineConfig('Quarantine', {
  matchConfidence: {
    env: 'QUARANTINE_MATCH_CONFIDENCE',
    schema: z.coerce.number().min(0.6).max(1),
    default: '0.9',
    form: '0.6 to 1',
    description:
      'From which confidence on the best proposed deal is the one that an approval without a deal links to. The answer names it and says why.',
    example: '0.95',
  },
}) {}
