import { FRESH_FOR_SECONDS } from './heartbeat-age.js';
import { judgeWorker } from './judge-worker.js';
import type { WorkerSigns } from './judge-worker.js';

const worker = (signs: Partial<WorkerSigns> = {}): WorkerSigns => ({
  processId: 'vm1/7/ab12cd34',
  role: 'active',
  beatAgeSeconds: 1,
  progressAgeSeconds: 2,
  failing: [],
  ...signs,
});

describe(judgeWorker.name, () => {
  it.each([
    ['active', 'vm1/7/ab12cd34 works as the active one: heartbeat 1 s ago, last turn 2 s ago.'],
    ['standby', 'vm1/7/ab12cd34 works as the standby one: heartbeat 1 s ago, last turn 2 s ago.'],
    [null, 'vm1/7/ab12cd34 works: heartbeat 1 s ago, last turn 2 s ago.'],
  ] as const)('finds a fresh worker of role %s healthy', (role, reason) => {
    const signs = worker({ role });
    expect(judgeWorker(signs, 'vm1')).toEqual({ healthy: true, status: 'working', reason, worker: signs });
  });

  it('is content up to the limit and no further', () => {
    const atLimit = { beatAgeSeconds: FRESH_FOR_SECONDS, progressAgeSeconds: FRESH_FOR_SECONDS };
    expect(judgeWorker(worker(atLimit), 'vm1').healthy).toBe(true);
    expect(judgeWorker(worker({ ...atLimit, progressAgeSeconds: FRESH_FOR_SECONDS + 0.1 }), 'vm1')).toMatchObject({
      healthy: false,
      status: 'stuck',
      reason: 'The main loop of vm1/7/ab12cd34 has finished nothing for 20 s, although its event loop turns.',
    });
    expect(judgeWorker(worker({ ...atLimit, beatAgeSeconds: FRESH_FOR_SECONDS + 0.1 }), 'vm1').status).toBe('blocked');
  });

  it('calls a silent worker blocked, whatever its loop did last', () => {
    expect(judgeWorker(worker({ beatAgeSeconds: 25, progressAgeSeconds: 27 }), 'vm1')).toMatchObject({
      healthy: false,
      status: 'blocked',
      reason: 'No heartbeat of vm1/7/ab12cd34 for 25 s: its event loop is blocked, or the process is gone.',
    });
  });

  it('calls failing what lives and goes round in vain, and does not ask for a restart', () => {
    const since = new Date(`${new Date().toISOString().slice(0, 10)}T02:14:07Z`);
    const signs = worker({ failing: [{ loop: 'publishing', since, failures: 13, error: 'DatabaseError 42501: permission denied' }] });
    expect(judgeWorker(signs, 'vm1')).toEqual({
      healthy: true,
      status: 'failing',
      reason: 'publishing has failed since 02:14:07 UTC (13 times): DatabaseError 42501: permission denied.',
      worker: signs,
    });
    expect(judgeWorker({ ...signs, progressAgeSeconds: 21 }, 'vm1').status).toBe('stuck');
    expect(judgeWorker({ ...signs, beatAgeSeconds: 21 }, 'vm1').status).toBe('blocked');
  });

  it('does not take a heartbeat of the future for a fresh one', () => {
    expect(judgeWorker(worker({ beatAgeSeconds: -21 }), 'vm1').status).toBe('blocked');
    expect(judgeWorker(worker({ beatAgeSeconds: -1 }), 'vm1').status).toBe('working');
  });

  it('misses a worker that never sent a heartbeat', () => {
    expect(judgeWorker(undefined, 'vm1')).toEqual({
      healthy: false,
      status: 'missing',
      reason: 'No worker of vm1 has sent a heartbeat.',
      worker: null,
    });
  });
});
