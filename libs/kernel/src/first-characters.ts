/** The beginning of a text: at most so many characters, none of them halved. */
export function firstCharacters(text: string, most: number): string {
  // A character has at most two UTF-16 units, so twice as many units hold enough of them.
  return text.length <= most
    ? text
    : Array.from(text.slice(0, 2 * most))
        .slice(0, most)
        .join('');
}
