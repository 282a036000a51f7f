import { ConfigError, loadConfig, suspiciousNames } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { DatabaseConfig } from '#zakops/database';
import type { CliContext } from '../../context/cli-context.js';
import { loadEverySetting } from '../../settings/every-setting.js';
import { startProgress } from '../../terminal/progress.js';
import { DatabaseUnderTest, databaseChecks } from './database/database-checks.js';
import type { DoctorOptions } from './doctor-options.js';
import { examine } from './examine.js';
import type { Check, Finding, ReportedFinding } from './finding.js';
import { publicChecks } from './public/public-checks.js';
import { showReport } from './show-report.js';
import { secretsOf } from './secrets-of.js';
import { systemChecks } from './system/system-checks.js';

const WARNINGS = 1;
const FAILURES = 2;

/** Looks at everything, one after the other, and says what it found; exit code 2 for failures, 1 for warnings with `--strict`. */
export async function runDoctor({ env, terminal }: CliContext, options: DoctorOptions): Promise<void> {
  const settings = readSettings(env);
  const { config } = settings;
  const database = new DatabaseUnderTest(config?.get(DatabaseConfig) ?? readDatabaseSettings(env));
  const checks: readonly Check[] = [
    {
      id: 'config',
      title: 'Settings',
      guide: 'deployment-runbook.md#required-environment-variables',
      run: () => Promise.resolve(settings.finding),
    },
    ...databaseChecks(database, config),
    ...systemChecks(env, database, config, options),
    ...(options.url === undefined ? [] : publicChecks(options.url, options.streamSeconds, config)),
  ];
  const secrets = secretsOf(env);
  const findings: ReportedFinding[] = [];
  const progress = await startProgress('checking', checks.length, terminal);
  try {
    for (const check of checks) {
      findings.push(...(await examine(check, secrets)));
      progress.advance(1);
    }
  } finally {
    progress.stop();
    database.close();
  }
  const has = (state: Finding['state']): boolean => findings.some((finding) => finding.state === state);
  if (has('failure')) process.exitCode = FAILURES;
  else if (options.strict === true && has('warning')) process.exitCode = WARNINGS;
  await showReport(findings, terminal, options.json === true);
}

function readSettings(env: NodeJS.ProcessEnv): { readonly config: LoadedConfig | undefined; readonly finding: Finding } {
  const names = suspiciousNames(env).map(({ warning }) => warning);
  try {
    const config = loadEverySetting(env);
    const advice = 'Correct or remove what has no effect; docs/configuration.md lists every name.';
    if (names.length > 0) return { config, finding: { state: 'warning', detail: names.join(' '), advice } };
    return { config, finding: { state: 'ok', detail: 'API and worker would start with these settings.' } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({ env: name, reason }) => `${name} ${reason}.`);
    const measured = { problems: error.problems };
    const advice = 'API and worker do not start: see zakops config check.';
    return { config: undefined, finding: { state: 'failure', detail: [...problems, ...names].join(' '), advice, measured } };
  }
}

/** Whatever else is wrong, the database can be looked at. */
function readDatabaseSettings(env: NodeJS.ProcessEnv): DatabaseConfig | undefined {
  try {
    return loadConfig([DatabaseConfig], env).get(DatabaseConfig);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
