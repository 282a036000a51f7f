import { isProbe } from './request-log.js';

describe(isProbe.name, () => {
  it.each(['/health', '/health/live', '/health/ready', '/health/startup', '/health/detailed', '/api/health', '/api/health/ready'])(
    '%s is one',
    (path) => {
      expect(isProbe(path)).toBe(true);
    },
  );

  // What is no probe is logged and counted, whatever it begins with.
  it.each([
    '',
    '/health/',
    '/health/x',
    '/api/health/../admin',
    '/health/ready/x',
    '/healthy',
    '/Health',
    '/api/health/live%00',
    '/constructor',
  ])('%j is none', (path) => {
    expect(isProbe(path)).toBe(false);
  });
});
