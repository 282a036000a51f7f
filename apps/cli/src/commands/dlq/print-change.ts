import type { Terminal } from '../../terminal/terminal.js';
import type { DeadLetterChange } from './dead-letter-change.js';
import type { ChangeOptions } from './dead-letter-options.js';

/** Prints what a dry run found. */
export function printWouldChange(change: DeadLetterChange, count: number, options: ChangeOptions, terminal: Terminal): void {
  if (printsJson(options, terminal)) terminal.print(JSON.stringify({ dry_run: true, count }, null, 2));
  else terminal.print(`${countOf(count)} would ${change.would}; nothing was changed`);
}

/** True with `--json`, and where the output is no terminal. */
export function printsJson({ json }: ChangeOptions, terminal: Terminal): boolean {
  return json === true || !terminal.showsTables;
}

/** As in "3 dead letters". */
export function countOf(count: number): string {
  return `${String(count)} dead letter${count === 1 ? '' : 's'}`;
}
