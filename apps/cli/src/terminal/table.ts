import { printable } from './color.js';
import type { Terminal } from './terminal.js';

/** Columns and rows for a person; a cell may have several lines. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The column that is wrapped to fit the terminal; the others are as wide as their longest cell. By default the last one. */
  readonly wraps?: number;
}

const FRAME = 3;
const NARROWEST = 20;

/** Draws a table as wide as the terminal. */
export async function drawTable({ head, rows, wraps = head.length - 1 }: Table, terminal: Pick<Terminal, 'width'>): Promise<string> {
  // Loaded for those who see a table only.
  const { default: CliTable } = await import('cli-table3');
  const cells = rows.map((row) => row.map((cell) => cell.split('\n').map(withoutControls).join('\n')));
  const widths = head.map((title, n) =>
    Math.max(...[title, ...cells.map((row) => row[n] ?? '')].flatMap((cell) => cell.split('\n').map(lengthOf))),
  );
  const others = widths.reduce((sum, width, n) => (n === wraps ? sum : sum + width + FRAME), 1);
  const left = Math.max(NARROWEST, terminal.width - others - FRAME);
  const table = new CliTable({
    head: [...head],
    // Its own colours would not ask for NO_COLOR.
    style: { head: [], border: [] },
    colWidths: widths.map((width, n) => (n === wraps ? Math.min(width, left) : width) + 2),
    wordWrap: true,
    wrapOnWordBoundary: true,
  });
  table.push(...cells.map((row) => [...row]));
  return table.toString();
}

// What `colored` has put there, and nothing else, may stay.
const COLORS = /(\u001B\[\d{1,2}m)/;

function withoutControls(line: string): string {
  return line
    .split(COLORS)
    .map((part, n) => (n % 2 === 1 ? part : printable(part)))
    .join('');
}

function lengthOf(line: string): number {
  return line
    .split(COLORS)
    .filter((_part, n) => n % 2 === 0)
    .join('').length;
}
