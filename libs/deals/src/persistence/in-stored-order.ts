import { isRawNumber } from '#zakops/kernel';

/**
 * Orders the members of a document as `jsonb` gives them back: shorter names first, equally long ones by their bytes. So the answer to opening
 * a deal is, byte for byte, that of reading it, and has its entity tag.
 */
export function inStoredOrder<T>(document: T): T {
  return ordered(document) as T;
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  const members = Object.entries(value).map(([name, member]) => ({ name, bytes: Buffer.from(name), member: ordered(member) }));
  members.sort((one, other) => one.bytes.length - other.bytes.length || Buffer.compare(one.bytes, other.bytes));
  return Object.fromEntries(members.map(({ name, member }) => [name, member]));
}
