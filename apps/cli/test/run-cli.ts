import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** How a command ended, and what it wrote. */
export interface CliEnd {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** What a command finds beside its arguments. */
export interface CliSurroundings {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const PROGRAM = join(process.cwd(), 'dist/apps/cli/src/main.js');

/** Runs `zakops <args>` as a real process, with nothing of this one's environment but PATH; undefined leaves DATABASE_URL away. */
export async function runCli(
  databaseUrl: string | undefined,
  args: readonly string[],
  surroundings: string | CliSurroundings = '',
): Promise<CliEnd> {
  const { input = '', env = {} } = typeof surroundings === 'string' ? { input: surroundings } : surroundings;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env['PATH'], ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
  // A command that refuses its arguments does not wait for its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, error };
}

/** Runs a command and reads its JSON. */
export async function runCliJson<T>(
  databaseUrl: string | undefined,
  args: readonly string[],
  surroundings: CliSurroundings = {},
): Promise<T & { code: number | null }> {
  const { code, out, error } = await runCli(databaseUrl, args, surroundings);
  if (out === '') throw new Error(`zakops ${args.join(' ')} wrote no result: ${error}`);
  return { ...(JSON.parse(out) as T), code };
}
