import type { Terminal } from './terminal.js';

/** Shows how far long work has come. */
export interface Progress {
  advance(count: number): void;
  stop(): void;
}

/** How far it has come. */
export interface ProgressState {
  readonly value: number;
  readonly total: number;
  /** Seconds; what is no number is not known yet. */
  readonly eta: unknown;
}

const SILENT: Progress = { advance: () => undefined, stop: () => undefined };
const BAR_WIDTH = 40;
const MINUTE = 60;
const HOUR = 3_600;

/** A bar on the standard error, where somebody sees it; nothing elsewhere, nor for no work. */
export async function startProgress(label: string, total: number, terminal: Pick<Terminal, 'showsProgress'>): Promise<Progress> {
  if (!terminal.showsProgress || total < 1) return SILENT;
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: (_options, state) => progressLine(label, state),
    // Gone when it is done: the result says the rest.
    clearOnComplete: true,
    stopOnComplete: true,
    // Or a bar is never drawn for work that is quicker than its first redraw.
    forceRedraw: true,
  });
  let done = 0;
  bar.start(total, 0);
  return {
    advance: (count) => {
      // There may be more to do than was counted before.
      done = Math.min(total, done + count);
      bar.update(done);
    },
    stop: () => {
      bar.stop();
    },
  };
}

/** Draws one line. The time that is left is named once something was done, because nothing is known of it before. */
export function progressLine(label: string, { value, total, eta }: ProgressState): string {
  const full = Math.round((BAR_WIDTH * Math.min(value, total)) / total);
  const bar = '#'.repeat(full) + '.'.repeat(BAR_WIDTH - full);
  const left = value > 0 && typeof eta === 'number' && Number.isFinite(eta) ? `, ${duration(eta)} left` : '';
  return `${label} [${bar}] ${String(Math.min(value, total))}/${String(total)}${left}`;
}

function duration(seconds: number): string {
  if (seconds < MINUTE) return `${String(seconds)} s`;
  if (seconds < HOUR) return `${String(Math.round(seconds / MINUTE))} min`;
  return `${String(Math.round(seconds / HOUR))} h`;
}
