import { hash } from 'node:crypto';

/** An entity tag (RFC 9110, 8.8.3). */
export interface EntityTag {
  readonly isWeak: boolean;
  /** With its quotes. */
  readonly opaque: string;
}

/** The tags that a condition names; `*` stands for every one. */
export type NamedTags = '*' | readonly EntityTag[];

// One element of a list, which may be empty, up to its comma. Commas belong to a tag too.
const ELEMENT = /[ \t]*(?:(?<weak>W\/)?(?<opaque>"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;
// The digest has no hyphen: what is in front of one is a version.
const VERSION = /^"(\d{1,15})(?:-[^"]*)?"$/;

/** The tag of a version, for `ETag`. An answer with a body gets its digest behind it. */
export function toETag(version: number): string {
  return `"${String(version)}"`;
}

/**
 * The strong tag of a body.
 *
 * @param text - all that the tag covers
 * @param versionTag - what {@link toETag} made of the version of the thing that the body shows, where it has one
 */
export function bodyTag(text: string, versionTag?: string): string {
  const digest = hash('sha256', text, 'base64').slice(0, 22);
  return versionTag === undefined ? `"${digest}"` : `${versionTag.slice(0, -1)}-${digest}"`;
}

/**
 * Reads `If-Match` or `If-None-Match` by its grammar (RFC 9110, 13.1.1 and 13.1.2).
 *
 * @returns undefined for a text that is neither a list of tags nor `*`
 */
export function readTags(header: string): NamedTags | undefined {
  if (header.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  for (ELEMENT.lastIndex = 0; ELEMENT.lastIndex < header.length;) {
    const groups = ELEMENT.exec(header)?.groups;
    if (groups === undefined) return undefined;
    const { weak, opaque } = groups;
    if (opaque !== undefined) tags.push({ isWeak: weak !== undefined, opaque });
  }
  return tags;
}

/**
 * Whether `If-None-Match` of a read names a strong tag, compared weakly. What cannot be read names nothing.
 *
 * @remarks Not Express's `request.fresh`: it holds nothing fresh for a request with `Cache-Control: no-cache`, which browsers add to every
 * `If-None-Match` of a page, and which asks for the validation that is done here.
 */
export function namesTag(header: string | undefined, tag: string): boolean {
  const named = header === undefined ? undefined : readTags(header);
  return named === '*' || named?.some(({ opaque }) => opaque === tag) === true;
}

/** The version that a tag carries; undefined for a tag that names none. */
export function versionOf(opaque: string): number | undefined {
  const version = VERSION.exec(opaque)?.[1];
  return version === undefined ? undefined : Number(version);
}
