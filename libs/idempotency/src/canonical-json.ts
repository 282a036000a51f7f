import { toNfc } from '#zakops/kernel';

/** Writes a JSON value so that two that are equal are written alike: members sorted by name, texts composed (NFC), no blanks. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return toNfc(JSON.stringify(value));
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${toNfc(JSON.stringify(name))}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
