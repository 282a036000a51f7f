const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

/** A colour or weight of the terminal. */
export type Color = keyof typeof CODES;

/** Colours a text when the terminal takes colours. */
export function colored(text: string, color: Color, usesColor: boolean): string {
  return usesColor ? `\u001B[${String(CODES[color])}m${text}\u001B[0m` : text;
}
