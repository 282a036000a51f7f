/** The name of a replay among the readers of the log. */
export function claimOf(replayId: string): string {
  return `replay:${replayId}`;
}
