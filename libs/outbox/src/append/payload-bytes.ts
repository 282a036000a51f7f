const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The bytes of a payload with all digits of its numbers.
 *
 * @remarks The database stores a number such as 1e300 in a few bytes, and sends it with all of its 301 digits.
 * @param json - without spaces
 */
export function payloadBytes(json: string): number {
  const bytes = Buffer.byteLength(json);
  return /\d[eE][+-]?\d/.test(json) ? bytes + digitsOfExponents(json) : bytes;
}

/** How many digits the exponents of all numbers stand for; an e inside of a text is none. */
function digitsOfExponents(json: string): number {
  let digits = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfText(json, at);
    else if (code === 0x65 || code === 0x45) digits += Number(/[eE][+-]?(\d+)/y.exec(json.slice(at, at + 12))?.[1] ?? 0);
  }
  return digits;
}

function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json.charCodeAt(at) !== QUOTE) at += json.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}
