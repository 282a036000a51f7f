// Control characters (C0, DEL, C1), and those that turn the order of what follows around.
const OBEYED = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Writes what a terminal would obey as `\u001b` and the like, for one line of text from outside: line breaks and tabs are written so too.
 *
 * @remarks Inside a JSON text it changes the spelling and not the value.
 */
export function visibleLine(text: string): string {
  return text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As {@link visibleLine}, for a text of several lines: line feeds and tabs stay. */
export function visible(text: string): string {
  return text.replace(OBEYED, (character) => (character === '\n' || character === '\t' ? character : visibleLine(character)));
}
