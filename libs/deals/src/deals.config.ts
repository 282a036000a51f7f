import { defineConfig, flag } from '#zakops/config';

/** How deals are worked on. */
export class DealsConfig extends defineConfig('Deals', {
  requireOutcomeReason: {
    env: 'REQUIRE_OUTCOME_REASON',
    schema: flag(),
    default: 'false',
    form: 'true or false',
    description: 'Whether a move to `closed_won` or `closed_lost` needs an `outcome_reason`. False for clients that do not know it.',
    example: 'true',
  },
}) {}
