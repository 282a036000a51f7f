import { defineConfig, integer } from '#zakops/config';

/** The database refuses to remove younger entries. */
const LEAST_DAYS = 30;

/** How long audit entries stay. Apart from the settings of anchors, whose secret an API process need not know. */
export class AuditRetentionConfig extends defineConfig('Audit retention', {
  days: {
    env: 'AUDIT_RETENTION_DAYS',
    schema: integer(0, 36_500).refine((days) => days === 0 || days >= LEAST_DAYS, `must be 0, or at least ${String(LEAST_DAYS)}`),
    default: '0',
    form: 'days, 30 to 36500; 0 keeps all',
    description:
      'How long audit entries stay. They go with their links, up to an anchor that is so old and that every target has taken. ' +
      'The database keeps the hash of the last removed link, so that the rest can still be verified.',
    example: '0',
  },
}) {}
