import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The folder with the rules and their tests. */
export const RULES_FOLDER = 'docker/prometheus';

/** Installs Prometheus if it is missing: as root, by apt. */
export async function installPrometheus(): Promise<void> {
  const installed = await run('promtool', ['--version']).then(
    () => true,
    () => false,
  );
  if (installed) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'prometheus'], { env });
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
