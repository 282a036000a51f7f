import { join } from 'node:path';
import { HELP, readArguments } from './arguments.js';
import { Launcher } from './launcher.js';
import { LauncherConsole } from './launcher-console.js';
import { readLauncherConfig, type LauncherConfig } from './launcher.config.js';
import { onStopSignals } from './on-stop-signals.js';
import { StartupError } from './startup.error.js';

const console = new LauncherConsole();

function readConfig(): LauncherConfig | undefined {
  const { auth, demo, help } = readArguments(process.argv.slice(2));
  if (!help) return readLauncherConfig(process.env, join(import.meta.dirname, '..', '..', '..'), { auth, demo });
  console.say(HELP);
  return undefined;
}

async function main(): Promise<number> {
  const { stop, hurry } = onStopSignals();
  let config: LauncherConfig | undefined;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    console.complain(error.message, error.details);
    return 1;
  }
  return config === undefined ? 0 : await new Launcher(config, console, stop, hurry).run();
}

process.exitCode = await main();
