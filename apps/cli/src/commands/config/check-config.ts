import { ConfigError, suspiciousNames } from '#zakops/config';
import type { ConfigProblem } from '#zakops/config';
import type { CliContext } from '../../context/cli-context.js';
import { EVERY_SETTING, loadEverySetting } from '../../settings/every-setting.js';
import { drawTable } from '../../terminal/table.js';

interface CheckOptions {
  readonly json?: true;
  readonly strict?: true;
}

/** Prints every problem of the settings, and names that mean nothing; exit code 1 for problems. */
export async function checkConfig({ env, terminal }: CliContext, { json, strict }: CheckOptions): Promise<void> {
  const problems = problemsOf(env);
  const warnings = suspiciousNames(env);
  const ok = problems.length === 0 && (strict !== true || warnings.length === 0);
  if (!ok) process.exitCode = 1;
  if (json === true || !terminal.showsTables) {
    const names = warnings.map(({ env: variable, meant, warning }) => ({ variable, meant: meant ?? null, warning }));
    const found = problems.map(({ env: variable, reason, example }) => ({ variable, reason, example }));
    terminal.print(JSON.stringify({ ok, problems: found, warnings: names }, null, 2));
    return;
  }
  if (problems.length > 0) {
    const rows = problems.map(({ env: variable, reason, example }) => [variable, reason, `${variable}=${example}`]);
    terminal.printDrawn(await drawTable({ head: ['setting', 'problem', 'for example'], rows, wraps: 1 }, terminal));
  }
  for (const { warning } of warnings) terminal.print(`warning: ${warning}`);
  const settings = EVERY_SETTING.reduce((sum, { settings: own }) => sum + Object.keys(own).length, 0);
  if (problems.length > 0)
    terminal.print(`${String(problems.length)} of ${String(settings)} settings have a problem: API or worker would not start`);
  else terminal.print(`${String(settings)} settings are in order: API and worker would start with them`);
}

function problemsOf(env: NodeJS.ProcessEnv): readonly ConfigProblem[] {
  try {
    loadEverySetting(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
