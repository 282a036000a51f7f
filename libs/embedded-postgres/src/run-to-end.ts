import { type Readable } from 'node:stream';
import { runAs, type RunAs } from './run-as.js';

/** How a program ended, and its whole output. */
export interface ProgramResult {
  /** Exit code; null when it could not start or was ended by a signal. */
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program as the PostgreSQL account, feeds it `input`, and waits for its end. Never rejects. */
export async function runToEnd(run: Omit<RunAs, 'stdio' | 'deathSignal'>, input = ''): Promise<ProgramResult> {
  return await new Promise((resolve) => {
    const child = runAs({ ...run, stdio: ['pipe', 'pipe', 'pipe'], deathSignal: 'KILL' });
    let output = '';
    const collect = (stream: Readable | null): void => {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    };
    collect(child.stdout);
    collect(child.stderr);
    child.once('error', (error) => {
      resolve({ code: null, output: error.message });
    });
    child.once('close', (code) => {
      resolve({ code, output });
    });
    // A program that ends without reading its input is judged by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
