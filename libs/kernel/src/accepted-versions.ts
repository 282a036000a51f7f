/** The versions of an aggregate that a change may be built on. A set of versions is one. */
export interface AcceptedVersions {
  has(version: number): boolean;
}
