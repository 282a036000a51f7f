/** The versions of an aggregate that a change may be built on; a `Set` of versions fits. */
export interface AcceptedVersions {
  has(version: number): boolean;
}
