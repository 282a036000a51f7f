import { RuntimeConfig } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { checkConnections } from '../database/connections.check.js';
import type { Replicas } from '../database/connections.check.js';
import type { DatabaseUnderTest } from '../database/database-checks.js';
import type { DoctorOptions } from '../doctor-options.js';
import { CannotLookError } from '../examine.js';
import type { Check } from '../finding.js';
import { judgeDeadLetters, judgeLoops, judgeOutboxAge, judgePauses, judgeProcesses, judgeWorkerLease } from './judge-system.js';
import { readSystemState } from './read-system-state.js';
import type { SystemState } from './read-system-state.js';

/** What there is to check of the system that runs on the database. */
export function systemChecks(
  env: NodeJS.ProcessEnv,
  database: DatabaseUnderTest,
  config: LoadedConfig | undefined,
  options: Pick<DoctorOptions, 'apis' | 'workers'>,
): readonly Check[] {
  let reading: Promise<SystemState> | undefined;
  const readState = async (): Promise<SystemState> => {
    database.require();
    // Read once for all checks. What prevents the reading is a finding of another check.
    reading ??= readSystemState(env);
    return reading.catch((error: unknown) => {
      throw new CannotLookError(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    });
  };
  const check = (
    id: string,
    title: string,
    guide: Check['guide'],
    judge: (state: SystemState) => Awaited<ReturnType<Check['run']>>,
  ): Check => ({
    id,
    title,
    guide,
    run: async () => judge(await readState()),
  });
  const self = config?.get(RuntimeConfig) ?? { version: RuntimeConfig.settings.version.default };
  return [
    check('worker.lease', 'Worker', 'deployment-runbook.md#outbox-not-processing', ({ outbox }) => judgeWorkerLease(outbox)),
    check('worker.loops', 'Loops of workers', 'deployment-runbook.md#worker-fails', ({ outbox }) => judgeLoops(outbox)),
    check('processes', 'Processes', 'deployment-runbook.md#scaling', ({ processes }) => judgeProcesses(processes, self)),
    check('dlq', 'Dead letters', 'operations.md#dead-letter-queue', ({ deadLetters }) => judgeDeadLetters(deadLetters)),
    check('outbox.age', 'Outbox', 'deployment-runbook.md#outbox-not-processing', ({ outbox }) => judgeOutboxAge(outbox)),
    check('outbox.pauses', 'Pauses', 'pauses.md#during-a-pause', ({ outbox }) => judgePauses(outbox)),
    {
      id: 'database.connections',
      title: 'Connections',
      guide: 'deployment-runbook.md#scaling',
      run: async () => {
        const { client, settings } = database.require();
        return checkConnections(client, settings.poolSize, await replicasOf(options, readState));
      },
    },
  ];
}

async function replicasOf(
  { apis, workers }: Pick<DoctorOptions, 'apis' | 'workers'>,
  readState: () => Promise<SystemState>,
): Promise<Replicas> {
  if (apis !== undefined && workers !== undefined) return { apis, workers, source: 'as given' };
  const { processes } = await readState();
  const count = (kind: string): number => processes.filter((row) => row.alive && row.kind === kind).length;
  return {
    apis: apis ?? Math.max(1, count('api')),
    workers: workers ?? Math.max(1, count('outbox-worker')),
    source: apis === undefined && workers === undefined ? 'as they run, one at least' : 'partly as given',
  };
}
