// Runs the built launcher with the overrides given as JSON, as main.js would.
import { join } from 'node:path';

const src = join(import.meta.dirname, '..', '..', '..', '..', 'dist', 'apps', 'launcher', 'src');
const { Launcher } = await import(join(src, 'launcher.js'));
const { LauncherConsole } = await import(join(src, 'launcher-console.js'));
const { readLauncherConfig } = await import(join(src, 'launcher.config.js'));
const { onStopSignals } = await import(join(src, 'on-stop-signals.js'));

const { stop, hurry } = onStopSignals();
const config = { ...readLauncherConfig(process.env, '/nowhere'), ...JSON.parse(process.argv[2]) };
process.exitCode = await new Launcher(config, new LauncherConsole(), stop, hurry).run();
