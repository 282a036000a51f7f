import type { AcceptedVersions } from '#zakops/kernel';
import { readTags, versionOf } from './entity-tag.js';
import type { NamedTags } from './entity-tag.js';

/** The headers by which a caller says on which state a change may be built. */
export interface ChangeConditions {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}

/**
 * Reads the conditions of a change.
 *
 * @remarks Versions are compared and not whole tags: a number in the body that has moved with the time of day makes no edit a lost
 * update. A tag that we did not make names no version, and a condition that cannot be read is not met.
 * @returns undefined when every version will do, because there is no condition
 */
export function acceptedVersions(conditions: ChangeConditions): AcceptedVersions | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = conditions;
  if (match === undefined && noneMatch === undefined) return undefined;
  // A weak tag never fulfils If-Match, and it counts like a strong one in If-None-Match.
  const wanted = match === undefined ? everyVersion : versionsIn(readTags(match) ?? [], false);
  const refused = noneMatch === undefined ? noVersion : versionsIn(readTags(noneMatch) ?? '*', true);
  return { has: (version) => wanted.has(version) && !refused.has(version) };
}

const everyVersion: AcceptedVersions = { has: () => true };
const noVersion: AcceptedVersions = new Set();

function versionsIn(tags: NamedTags, weak: boolean): AcceptedVersions {
  if (tags === '*') return everyVersion;
  return new Set(tags.flatMap(({ isWeak, opaque }) => (isWeak && !weak ? [] : (versionOf(opaque) ?? []))));
}
