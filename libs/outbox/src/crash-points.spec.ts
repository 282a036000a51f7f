import { ConfigError, loadConfig, RuntimeConfig } from '#zakops/config';
import { DatabaseConfig } from '#zakops/database';
import { CRASH_POINTS } from './crash-plan.js';
import { CrashPoints } from './crash-points.js';
import { checkOutboxConfig, OutboxConfig } from './outbox.config.js';

function load(env: Readonly<Record<string, string>>): OutboxConfig {
  const database = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' };
  return loadConfig([RuntimeConfig, DatabaseConfig, OutboxConfig], { ...database, ...env }, [checkOutboxConfig]).get(OutboxConfig);
}

function problemsOf(env: Readonly<Record<string, string>>): string[] {
  try {
    load(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ env: name, reason }) => `${name} ${reason}`);
  }
}

describe('OUTBOX_CRASH_POINT', () => {
  it.each([
    ['mid-publish', { point: 'mid-publish', time: 1 }],
    [' before-commit:3 ', { point: 'before-commit', time: 3 }],
    ['', undefined],
  ])('%j means %j', (text, plan) => {
    expect(load({ OUTBOX_CRASH_POINT: text }).crashPlan).toEqual(plan);
  });

  it.each(['never', 'mid-publish:0', 'mid-publish:-1', 'mid-publish:1.5', 'mid-publish:', 'mid-publish:2:3', 'mid-publish:1000001'])(
    '%j is a problem',
    (text) => {
      expect(problemsOf({ OUTBOX_CRASH_POINT: text })).toEqual([
        `OUTBOX_CRASH_POINT must be one of ${CRASH_POINTS.join(', ')}, with :<n> behind it or not, n from 1 to 1000000`,
      ]);
    },
  );

  it('is refused in production, and only there', () => {
    expect(problemsOf({ OUTBOX_CRASH_POINT: 'after-read', APP_ENV: 'staging' })).toEqual([]);
    expect(problemsOf({ OUTBOX_CRASH_POINT: 'after-read', APP_ENV: 'production' })).toEqual([
      'OUTBOX_CRASH_POINT must not be set when APP_ENV is production',
    ]);
  });
});

describe(CrashPoints.name, () => {
  let kill: jest.SpyInstance;

  beforeEach(() => {
    kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  });
  afterEach(() => {
    kill.mockRestore();
  });

  it('kills this process when the planned point is reached for the n-th time, and at no other', () => {
    const points = new CrashPoints(load({ OUTBOX_CRASH_POINT: 'after-read:3' }));
    for (const point of ['after-read', 'mid-publish', 'mid-publish', 'mid-publish', 'after-read', 'before-commit'] as const)
      points.reach(point);
    expect(kill).not.toHaveBeenCalled();
    points.reach('after-read');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
  });

  it('does nothing when nothing is planned', () => {
    const points = new CrashPoints(load({}));
    for (const point of CRASH_POINTS) points.reach(point);
    expect(kill).not.toHaveBeenCalled();
  });
});
