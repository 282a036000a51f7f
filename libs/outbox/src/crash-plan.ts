import { z } from 'zod';

/** Moments of publishing and delivering at which a crash could do most harm, if anything were wrong. */
export const CRASH_POINTS = [
  // A consumer has read a batch and handled nothing of it.
  'after-read',
  // A handler has had its effect, and nothing remembers it yet.
  'after-effect',
  // A batch is done and remembered, and its COMMIT is not sent.
  'before-commit',
  // The statement that gives positions is under way.
  'mid-publish',
  // Events are committed or published, and no process was woken for them.
  'before-hint',
  // A stopping worker has finished its work and still holds the lease.
  'at-shutdown',
] as const;

/** One of {@link CRASH_POINTS}. */
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** When a process kills itself. */
export interface CrashPlan {
  readonly point: CrashPoint;
  /** Counted from 1: how often the point is reached before, plus one. */
  readonly time: number;
}

const MAX_TIME = 1_000_000;

/** `<point>` or `<point>:<n>`, n from 1. */
export function crashPlan(): z.ZodType<CrashPlan> {
  return z.string().transform((text, context) => {
    const [name = '', times = '1', ...more] = text.trim().split(':');
    const point = CRASH_POINTS.find((known) => known === name);
    const time = Number(times);
    if (point !== undefined && more.length === 0 && /^\d+$/.test(times) && time >= 1 && time <= MAX_TIME) return { point, time };
    const form = `must be one of ${CRASH_POINTS.join(', ')}, with :<n> behind it or not, n from 1 to ${String(MAX_TIME)}`;
    context.addIssue({ code: 'custom', message: form });
    return z.NEVER;
  });
}
