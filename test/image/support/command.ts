import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a command ended, and what it wrote to both streams. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Where and how long a command runs. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Nothing of this process's own environment. */
  readonly clean?: boolean;
  readonly input?: NodeJS.ReadableStream;
  /** Milliseconds; a bound, after which it is killed. */
  readonly limitMs?: number;
  /** Ends the command, as Ctrl-C does, once its output holds this text. For commands that follow a log. */
  readonly until?: string;
}

/** Runs a program to its end and gives its exit code and output. */
export async function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const { cwd, env = process.env, input, limitMs = 300_000, until } = options;
  const child = spawn(program, args, { cwd, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], detached: true });
  const exited = once(child, 'close') as Promise<[number | null]>;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (until !== undefined && output.includes(until)) endGroup(child.pid, 'SIGINT');
    });
  }
  if (input !== undefined && child.stdin !== null) input.pipe(child.stdin);
  const limit = setTimeout(() => {
    endGroup(child.pid, 'SIGKILL');
  }, limitMs);
  const [code] = await exited;
  clearTimeout(limit);
  return { code, output };
}

/** The same for a command that has to succeed. */
export async function must(program: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const { code, output } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}:\n${output.slice(-4_000)}`);
  return output;
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
