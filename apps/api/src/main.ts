import { ConfigError, RuntimeConfig } from '#zakops/config';
import { visible } from '#zakops/kernel';
import { keepInspectorClosed } from '#zakops/observability';
import { loadApiConfig } from './bootstrap/api-config.js';
import { createApi } from './bootstrap/create-api.js';
import { listen, ListenError } from './bootstrap/listen.js';
import { stopOnSignals } from './bootstrap/stop-on-signals.js';

/** Starts the API. It listens at once, also while the database is away, and says so by its probes. */
async function main(): Promise<void> {
  const config = loadApiConfig(process.env);
  keepInspectorClosed(config.get(RuntimeConfig).appEnv);
  const app = await createApi(config);
  stopOnSignals(app, config);
  await listen(app, config);
  process.send?.('ready');
}

main().catch((error: unknown) => {
  const isForOperator = error instanceof ConfigError || error instanceof ListenError;
  const text = isForOperator ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${visible(text)}\n`);
  process.exit(1);
});
