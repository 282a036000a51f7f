import { CRASH_POINTS } from '#zakops/outbox';
import { CrashArming, planOf } from './plan.js';

const PHASE_MS = 15_000;

describe(planOf.name, () => {
  it('gives the same plan for the same seed, and another for another', () => {
    expect(planOf(7, PHASE_MS)).toEqual(planOf(7, PHASE_MS));
    expect(planOf(7, PHASE_MS).faults).not.toEqual(planOf(14, PHASE_MS).faults);
  });

  it('keeps its faults in the phase and in order, and kills the database once at most', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const times = planOf(seed, PHASE_MS).faults.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.every((atMs) => atMs > 0 && atMs < PHASE_MS)).toBe(true);
      expect(planOf(seed, PHASE_MS).faults.filter(({ harm }) => harm.kind === 'kill-database').length).toBeLessThan(2);
    }
  });

  it('has every crash point and poison within sixteen seeds, and never both', () => {
    const plans = Array.from({ length: 16 }, (_, n) => planOf(n + 1, PHASE_MS));
    expect(new Set(plans.map(({ crashPoint }) => crashPoint))).toEqual(new Set([...CRASH_POINTS, undefined]));
    expect(plans.filter(({ hasPoison }) => hasPoison).map(({ crashPoint }) => crashPoint)).toEqual([undefined, undefined]);
  });
});

describe(CrashArming.name, () => {
  it('arms the first starts of a process that comes to the point, until it is disarmed', () => {
    const arming = new CrashArming('after-read', 3, 'worker-1', 3);
    expect(arming.next()).toMatch(/^after-read:\d+$/);
    expect(arming.next()).toMatch(/^after-read:\d+$/);
    arming.disarm();
    expect(arming.next()).toBeUndefined();
  });

  it('arms API processes only for what they do', () => {
    expect(new CrashArming('after-read', 3, 'api-1', 3).next()).toBeUndefined();
    expect(new CrashArming('before-hint', 3, 'api-1', 3).next()).toMatch(/^before-hint:\d+$/);
    expect(new CrashArming(undefined, 3, 'worker-1', 3).next()).toBeUndefined();
  });
});
