// A spreadsheet takes a cell that begins with one of these for a formula, and may run it (OWASP, CSV injection).
const IS_FORMULA = /^[=+\-@\t\r']/;

/** A text as a cell that no spreadsheet takes for a formula: an apostrophe goes in front. */
export function toSafeCell(text: string): string {
  return IS_FORMULA.test(text) ? `'${text}` : text;
}

/** The text of a cell that {@link toSafeCell} wrote; other cells stay as they are. */
export function fromSafeCell(cell: string): string {
  return cell.startsWith("'") && IS_FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}
