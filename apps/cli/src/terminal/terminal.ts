import { visible } from '#zakops/kernel';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What a command writes to: results to the standard output, everything that is said beside them to the standard error. */
export interface Terminal {
  /** False when the output is piped or goes into a file: then a command prints JSON, which programs read. */
  readonly showsTables: boolean;
  /** True when somebody sees the standard error: progress bars make sense. */
  readonly showsProgress: boolean;
  /** True when somebody can be asked. */
  readonly canAsk: boolean;
  readonly usesColor: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Writes a result; a line break is added. A terminal obeys nothing in it. */
  print(text: string): void;
  /** As {@link print}, for what has colours of ours: its parts from outside have to be visible already, as those of a table are. */
  printDrawn(text: string): void;
  /** Writes a result of any length as fast as it is read, and adds nothing. A file or a pipe gets it unchanged; a terminal obeys nothing in it. */
  printStream(texts: AsyncIterable<string>): Promise<void>;
  /** Writes a remark that is no result; a line break is added. A terminal obeys nothing in it. */
  note(text: string): void;
}

const WIDTH_OF_NO_TERMINAL = 120;

/** The terminal of this process. `NO_COLOR` and `TERM=dumb` switch colours off (https://no-color.org). */
export function processTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdin, stdout, stderr } = process;
  const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    showsTables: stdout.isTTY,
    showsProgress: stderr.isTTY,
    canAsk: stdin.isTTY && stderr.isTTY,
    usesColor: stdout.isTTY && !plain,
    width: stdout.isTTY ? stdout.columns : WIDTH_OF_NO_TERMINAL,
    print: (text) => stdout.write(`${visible(text)}\n`),
    printDrawn: (text) => stdout.write(`${text}\n`),
    printStream: (texts) =>
      pipeline(Readable.from(stdout.isTTY ? eachVisible(texts) : texts, { objectMode: false }), stdout, { end: false }),
    note: (text) => stderr.write(`${visible(text)}\n`),
  };
}

async function* eachVisible(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield visible(text);
}

/**
 * Ends quietly when the reader of the output goes away, as `zakops dlq list | head` does: the rest is wanted by nobody, and a stack trace
 * helps nobody.
 */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
}
