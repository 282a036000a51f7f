import { defineConfig, flag, secondsAsMs } from '#zakops/config';

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
  staleIntervalMs: {
    env: 'STALE_DEALS_INTERVAL',
    schema: secondsAsMs(1, 86_400),
    default: '300',
    form: 'seconds, 1 to 86400',
    description: 'How often the worker looks for deals that are in a stage for longer than its limit, and sends `deal.stale`.',
    example: '60',
  },
}) {}
