import pino from 'pino';
import type { DestinationStream } from 'pino';

const BUFFER_BYTES = 8_192;
const AT_MOST_LATE_MS = 100;
// Of a full disk, until there is room again; more is dropped.
const MOST_KEPT_BYTES = 1_048_576;
const WARN = 40;

/** A stream that pino tells the level of the line it writes next. */
interface LevelAware extends DestinationStream {
  lastLevel: number;
}

/**
 * Standard output for log lines, written in portions: a system call for each line costs more than the line.
 *
 * @remarks A portion is written when it is large enough, after 100 ms at the latest, at once when it holds a warning or worse, and at the
 * end of the process. A process that is killed by SIGKILL loses what it wrote in its last 100 ms, warnings and errors excepted. When nobody
 * reads any more, or the disk is full, lines are lost, and nothing else: the process neither fails nor waits because of its log.
 */
export function logStream(): DestinationStream {
  // One for the process: two buffers would put the lines of two loggers out of order.
  opened ??= open();
  return opened;
}

let opened: DestinationStream | undefined;

// By the number of the level.
const written = new Map<number, number>();

/** How many lines of a level this process has written. */
export function linesByLevel(level: number): number {
  return written.get(level) ?? 0;
}

function open(): DestinationStream {
  const output = pino.destination({ fd: process.stdout.fd, sync: true, minLength: BUFFER_BYTES, maxLength: MOST_KEPT_BYTES });
  // Without a listener the error would be thrown in the code that writes a line.
  output.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    output.flush();
  };
  process.once('exit', () => {
    // Tries once. flushSync() never gives up when the reader is gone, and blocks signals meanwhile.
    output.flush();
  });
  const stream: LevelAware & Record<symbol, boolean> = {
    lastLevel: 0,
    [Symbol.for('pino.metadata')]: true,
    write(line) {
      output.write(line);
      written.set(this.lastLevel, (written.get(this.lastLevel) ?? 0) + 1);
      if (this.lastLevel >= WARN) flush();
      else timer ??= setTimeout(flush, AT_MOST_LATE_MS).unref();
    },
  };
  return stream;
}
