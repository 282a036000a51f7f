import { defineConfig, RuntimeConfig, secondsAsMs } from '#zakops/config';
import type { ConfigProblem, LoadedConfig } from '#zakops/config';

/** How a stopping process lets the balancers before it notice. */
export class DrainConfig extends defineConfig('Drain', {
  delayMs: {
    env: 'DRAIN_DELAY',
    schema: secondsAsMs(0, 120),
    default: '5',
    form: 'seconds, 0 to 120; shorter than SHUTDOWN_TIMEOUT',
    description:
      'How long a stopping API process says that it is not ready, and still serves whatever comes, before it closes streams and port: long ' +
      'enough for every balancer to notice. A second signal ends it early. `npm start`, which has no balancer before it, sets 0.',
    example: '5',
  },
}) {}

/** SHUTDOWN_TIMEOUT begins with the signal, so requests need some of it after the delay. */
export function checkDrainConfig(loaded: Pick<LoadedConfig, 'get'>): readonly ConfigProblem[] {
  if (loaded.get(RuntimeConfig).shutdownTimeoutMs > loaded.get(DrainConfig).delayMs) return [];
  return [{ env: 'SHUTDOWN_TIMEOUT', reason: 'must be longer than DRAIN_DELAY', example: '25' }];
}
