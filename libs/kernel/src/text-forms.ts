/**
 * The form in which a text is stored: composed (NFC of UAX #15).
 *
 * @remarks macOS writes `é` as two characters and Windows as one. Composed, both texts are equal.
 */
export function toNfc(text: string): string {
  return text.normalize('NFC');
}

/**
 * The form in which a text is compared: two texts are the same when their folded forms are equal. Never stored or shown.
 *
 * @remarks NFKC without case: `É`, `ﬁ`, `Ａ`, `™` are `é`, `fi`, `a`, `tm`. `ß` is `ss`, both small sigmas are one, and `İ` is `i`. Accents
 * stay different, and so do `ı` without a dot, white space, and letters of other scripts that look alike. The function `zakops.fold` of the
 * database returns the same for every character that both know.
 */
export function foldText(text: string): string {
  const small = text.normalize('NFKC').toLowerCase();
  // Lower case can need composing again: J with a caron is two characters, and j with a caron is one.
  return small
    .replace(/i\u0307+/g, 'i')
    .replaceAll('ß', 'ss')
    .replaceAll('ς', 'σ')
    .normalize('NFKC');
}
