import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { installPrograms } from '#zakops/testing';

/** The folder with the rules and their tests. */
export const RULES_FOLDER = 'docker/prometheus';

/** Installs Prometheus if it is missing: as root, by apt. */
export async function installPrometheus(): Promise<void> {
  await installPrograms({ '/usr/bin/promtool': 'prometheus', '/usr/bin/prometheus': 'prometheus' });
}

/** What a program said and how it ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly output: string;
}

/** Runs promtool in a folder. */
export async function promtool(args: readonly string[], folder = RULES_FOLDER, input = ''): Promise<ProgramEnd> {
  const child = spawn('promtool', args, { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
