import { visibleLine } from '#zakops/kernel';
import { colored } from './color.js';
import type { Color } from './color.js';
import type { Terminal } from './terminal.js';

/** A text, which may have several lines; or a coloured one. */
export type Cell = string | { readonly text: string; readonly color: Color };

/** Columns and rows for a person. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The column that is wrapped to fit the terminal; the others are as wide as their longest cell. By default the last one. */
  readonly wraps?: number;
}

const FRAME = 3;
const NARROWEST = 20;

/** Draws a table as wide as the terminal; nothing that is in a text can tell the terminal anything. */
export async function drawTable(
  { head, rows, wraps = head.length - 1 }: Table,
  { width, usesColor }: Pick<Terminal, 'width' | 'usesColor'>,
): Promise<string> {
  // Loaded for those who see a table only.
  const { default: CliTable } = await import('cli-table3');
  const cells = rows.map((row) => row.map(linesOf));
  const widths = head.map((title, n) => Math.max(title.length, ...cells.flatMap((row) => (row[n] ?? []).map((line) => line.length))));
  const others = widths.reduce((sum, own, n) => (n === wraps ? sum : sum + own + FRAME), 1);
  const left = Math.max(NARROWEST, width - others - FRAME);
  const table = new CliTable({
    head: [...head],
    // Its own colours would not ask for NO_COLOR.
    style: { head: [], border: [] },
    colWidths: widths.map((own, n) => (n === wraps ? Math.min(own, left) : own) + 2),
    wordWrap: true,
    wrapOnWordBoundary: true,
  });
  for (const [r, row] of rows.entries()) {
    table.push(
      row.map((cell, n) => {
        const text = (cells[r]?.[n] ?? []).join('\n');
        return typeof cell === 'string' ? text : colored(text, cell.color, usesColor);
      }),
    );
  }
  return table.toString();
}

function linesOf(cell: Cell): readonly string[] {
  return (typeof cell === 'string' ? cell : cell.text).split('\n').map(visibleLine);
}
