import { visible } from '#zakops/kernel';
import { formatLogLine } from './log-line.js';

/**
 * The output of the launcher and its children: readable with names in a terminal, JSON lines when piped. Control characters are escaped,
 * because other users and callers of the API can write parts of it.
 */
export class LauncherConsole {
  constructor(
    private readonly out: NodeJS.WritableStream = process.stdout,
    private readonly errors: NodeJS.WritableStream = process.stderr,
    private readonly readable: boolean = process.stdout.isTTY,
  ) {
    // The reader of the output may be gone (`npm start | head`), which must not end the launcher in the middle of a stop.
    out.on('error', () => undefined);
    errors.on('error', () => undefined);
  }

  /** A line of the launcher itself. */
  say(text: string): void {
    this.out.write(`${visible(text)}\n`);
  }

  /** Why the launcher ends: one sentence, then the lines that explain it. */
  complain(sentence: string, details: readonly string[]): void {
    this.errors.write(visible([`ZakOps cannot run: ${sentence}`, ...details.map((line) => `  ${formatLogLine(line)}`), ''].join('\n')));
  }

  /** A line that a child wrote. */
  childLine(name: string, line: string): void {
    if (!this.readable && line.startsWith('{')) this.say(line);
    else for (const part of formatLogLine(line).split('\n')) this.say(`${name.padEnd(7)} | ${part}`);
  }
}
