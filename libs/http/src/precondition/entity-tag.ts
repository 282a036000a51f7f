/** The strong entity tag of a version, for `ETag`. */
export function toETag(version: number): string {
  return `"${String(version)}"`;
}

/**
 * Reads `If-Match` (RFC 9110, 13.1.1).
 *
 * @returns the versions that the caller accepts; undefined when any will do. A tag that we did not make, or a weak one, accepts
 * nothing, so that the list may be empty
 */
export function acceptedVersions(ifMatch: string | undefined): readonly number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  return ifMatch.split(',').flatMap((tag) => {
    const version = /^"(\d{1,15})"$/.exec(tag.trim())?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}
