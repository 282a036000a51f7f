import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitFor } from '#zakops/testing';

const PSEUDO_TERMINAL = 'script';

/** A command on a terminal. */
export interface TerminalSession {
  /** Everything that was to be seen so far, both streams; the terminal's line ends are plain ones. */
  readonly screen: () => string;
  /** Waits until a text is to be seen. */
  see(text: string): Promise<void>;
  type(text: string): void;
  /** Waits for the end; gives the exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs `zakops <args>` on a pseudo-terminal of 140 columns, by `script` of util-linux. */
export function runOnTerminal(databaseUrl: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): TerminalSession {
  const words = [process.execPath, join(process.cwd(), 'dist/apps/cli/src/main.js'), ...args].map(
    (word) => `'${word.replaceAll("'", `'\\''`)}'`,
  );
  const child = spawn(
    PSEUDO_TERMINAL,
    ['--quiet', '--return', '--command', `stty cols 140 rows 50; exec ${words.join(' ')}`, '/dev/null'],
    {
      env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, TERM: 'xterm', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  const screen = (): string => seen.replaceAll('\r\n', '\n');
  return {
    screen,
    see: async (text) => {
      await waitFor(`"${text}" on the terminal`, () => {
        if (child.exitCode !== null && !screen().includes(text)) throw new Error(`it ended: ${screen()}`);
        return screen().includes(text);
      });
    },
    type: (text) => child.stdin.write(text),
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}
