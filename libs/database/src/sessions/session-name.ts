// PostgreSQL cuts names after 63 bytes, and the tag must not be lost.
const MAX_BYTES = 63;

/** The `application_name` of the sessions of one process: what they are for, and which process they belong to. */
export function sessionName(applicationName: string, processTag: string): string {
  return `${applicationName.slice(0, MAX_BYTES - processTag.length - 1)} ${processTag}`;
}
