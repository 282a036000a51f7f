/** One ring of samples: a bucket of `stepSeconds` has the slot `bucket / step mod slots`, so that it replaces the one a whole round before. */
export interface Tier {
  readonly tier: 0 | 1;
  readonly stepSeconds: number;
  readonly slots: number;
}

/** Ten seconds for six hours, and five minutes for fourteen days. */
export const TIERS = {
  fine: { tier: 0, stepSeconds: 10, slots: 2_160 },
  coarse: { tier: 1, stepSeconds: 300, slots: 4_032 },
} as const satisfies Readonly<Record<string, Tier>>;

/** The slot of a bucket, given as a SQL expression of its begin in seconds since 1970. */
export function figureSlot({ stepSeconds, slots }: Tier, epoch: string): string {
  return `((${epoch}) / ${String(stepSeconds)} % ${String(slots)})::smallint`;
}
