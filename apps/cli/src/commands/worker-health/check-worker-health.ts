import { loadConfig, RuntimeConfig } from '#zakops/config';
import { WorkerHealthCheck } from '#zakops/worker-health';
import { hostname } from 'node:os';
import type { CliContext } from '../../context/cli-context.js';
import { WorkerHealthSettings } from './worker-health.settings.js';

const UNHEALTHY = 1;

/** Prints one line about the worker of a host; exit code 1 when a restart would help. */
export async function checkWorkerHealth({ env, terminal }: CliContext, host: string | undefined, asJson: boolean): Promise<void> {
  const config = loadConfig([WorkerHealthSettings, RuntimeConfig], env);
  const check = new WorkerHealthCheck({
    databaseUrl: config.get(WorkerHealthSettings).url,
    // As the worker names itself.
    host: host ?? config.get(RuntimeConfig).instanceName ?? hostname(),
  });
  const { healthy, status, reason, worker } = await check.check();
  if (!healthy) process.exitCode = UNHEALTHY;
  // One line also as JSON, because probes keep the last one.
  if (asJson) {
    const signs =
      worker === null
        ? null
        : {
            process_id: worker.processId,
            role: worker.role,
            beat_age_seconds: worker.beatAgeSeconds,
            progress_age_seconds: worker.progressAgeSeconds,
            failing: worker.failing,
          };
    terminal.print(JSON.stringify({ healthy, status, reason, worker: signs }));
  } else terminal.print(`${healthy ? 'healthy' : 'unhealthy'} (${status}): ${reason}`);
}
