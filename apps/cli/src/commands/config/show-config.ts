import { effectiveSettings, suspiciousNames } from '#zakops/config';
import type { CliContext } from '../../context/cli-context.js';
import { EVERY_SETTING } from '../../settings/every-setting.js';
import { drawTable } from '../../terminal/table.js';

interface ShowOptions {
  readonly json?: true;
  readonly changed?: true;
}

/** Prints the settings in force and their sources; secrets as ***. */
export async function showConfig({ env, terminal }: CliContext, { json, changed }: ShowOptions): Promise<void> {
  const all = effectiveSettings(EVERY_SETTING, env).filter(({ source }) => changed !== true || source !== 'default');
  if (json === true || !terminal.showsTables) {
    terminal.print(JSON.stringify({ settings: all.map(({ env: variable, ...rest }) => ({ variable, ...rest })) }, null, 2));
    return;
  }
  const rows = all.map(({ env: variable, value, source, group }) => [variable, value ?? '(not set)', source, group]);
  terminal.printDrawn(await drawTable({ head: ['setting', 'value', 'from', 'of'], rows, wraps: 1 }, terminal));
  for (const { warning } of suspiciousNames(env)) terminal.print(`warning: ${warning}`);
}
