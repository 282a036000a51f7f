import type { Terminal } from './terminal.js';

/** Shows how far long work has come. */
export interface Progress {
  advance(count: number): void;
  stop(): void;
}

const SILENT: Progress = { advance: () => undefined, stop: () => undefined };

/** A bar on the standard error, where somebody sees it; nothing elsewhere. */
export async function startProgress(label: string, total: number, terminal: Pick<Terminal, 'showsProgress'>): Promise<Progress> {
  if (!terminal.showsProgress) return SILENT;
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: `${label} [{bar}] {value}/{total}, {eta_formatted} left`,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    // Gone when it is done: the result says the rest.
    clearOnComplete: true,
    stopOnComplete: true,
    // Or a bar is never drawn for work that is quicker than its first redraw.
    forceRedraw: true,
  });
  bar.start(total, 0);
  return {
    advance: (count) => {
      bar.increment(count);
    },
    stop: () => {
      bar.stop();
    },
  };
}
