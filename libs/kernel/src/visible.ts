// Control characters (C0, DEL, C1), and characters that reverse the direction of text.
const CONTROL = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Escapes characters that a terminal obeys as `\u001b` and the like, in one line of text from outside. Line breaks and tabs are escaped too.
 *
 * @remarks In a JSON text this changes the spelling and not the value.
 */
export function visibleLine(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As {@link visibleLine}, for a text of several lines: line feeds and tabs stay. */
export function visible(text: string): string {
  return text.replace(CONTROL, (character) => (character === '\n' || character === '\t' ? character : visibleLine(character)));
}
