import { join } from 'node:path';
import { Launcher } from './launcher.js';
import { LauncherConsole } from './launcher-console.js';
import { readLauncherConfig, type LauncherConfig } from './launcher.config.js';
import { onStopSignals } from './on-stop-signals.js';
import { StartupError } from './startup.error.js';

const console = new LauncherConsole();
const { stop, hurry } = onStopSignals();
let config: LauncherConfig | undefined;
try {
  config = readLauncherConfig(process.env, join(import.meta.dirname, '..', '..', '..'));
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.complain(error.message, error.details);
}
process.exitCode = config === undefined ? 1 : await new Launcher(config, console, stop, hurry).run();
