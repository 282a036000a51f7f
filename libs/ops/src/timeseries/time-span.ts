import { TIERS } from '#zakops/figures';

/** The most points of an answer. */
export const MOST_POINTS = 720;

const FINE_SECONDS = TIERS.fine.stepSeconds * TIERS.fine.slots;

/** What is read: bins of `stepSeconds` from `from` on, in seconds since 1970. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  readonly bins: number;
  /** Read from the samples of ten seconds; else from those of five minutes. */
  readonly isFine: boolean;
}

/**
 * Lays bins over a time, so that there are at most `points` of them and none is narrower than a sample.
 *
 * @param now - by the clock of the database
 * @param points - 2 to {@link MOST_POINTS}
 */
export function toTimeSpan(from: number, to: number, now: number, points: number): TimeSpan {
  const isFine = now - from <= FINE_SECONDS;
  const { stepSeconds: base } = isFine ? TIERS.fine : TIERS.coarse;
  // One bin may stand half outside at each end.
  const stepSeconds = base * Math.max(1, Math.ceil((to - from) / base / Math.max(1, points - 1)));
  const first = Math.floor(from / stepSeconds);
  const bins = Math.max(1, Math.ceil(to / stepSeconds) - first);
  return { from: first * stepSeconds, to: (first + bins) * stepSeconds, stepSeconds, bins, isFine };
}
