const ENCODED = /%([0-9a-f]{2})/gi;
const UNRESERVED = /[\w.~-]/;

/**
 * Writes a path in its one spelling: percent signs only where they are needed, and with capital digits (RFC 3986, 6.2.2).
 *
 * @remarks Both forms mean the same. Slashes stay encoded, because they would end a segment.
 */
export function inOneSpelling(path: string): string {
  // Nearly every path.
  if (!path.includes('%')) return path;
  return path.replaceAll(ENCODED, (encoded, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return UNRESERVED.test(character) ? character : encoded.toUpperCase();
  });
}
