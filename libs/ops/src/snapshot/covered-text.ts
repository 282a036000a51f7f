/**
 * What the tag of a snapshot covers.
 *
 * @param left - names of members that it leaves out, at any depth
 * @param coarse - names of rates of which it covers one digit, and nothing below one
 */
export function coveredText(body: object, left: ReadonlySet<string>, coarse: ReadonlySet<string>): string {
  return JSON.stringify(body, (name, value: unknown) => {
    if (left.has(name)) return undefined;
    if (!coarse.has(name) || typeof value !== 'number') return value;
    return value < 1 ? 0 : Number(value.toPrecision(1));
  });
}
