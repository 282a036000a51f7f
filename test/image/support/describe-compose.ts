import { join } from 'node:path';
import { waitFor } from '#zakops/testing';
import type { Ended } from './command.js';
import type { Operator } from './operator.js';
import type { TestBed } from './test-bed.js';

const MINUTES = 60_000;
const ADDRESS = 'http://localhost:8000';
const PASSWORD = 'a long pass phrase of yours';

/** docker-compose.production.yml beyond what the runbook types: many processes behind one address, lost ones, and versions that do not start. */
export function describeCompose(getBed: () => TestBed, getOperator: () => Operator): void {
  const compose = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> => {
    const folder = join(getBed().folder, 'work/zakops-backend/docker');
    const settings = {
      DATABASE_URL: getBed().databaseUrl,
      VERSION: '1.0.0',
      SESSION_SECRET: await getOperator().variable('SESSION_SECRET'),
    };
    return getBed().engine.run('docker-compose', ['-f', 'docker-compose.production.yml', ...args], {
      cwd: folder,
      env: { ...settings, ...env },
    });
  };
  const must = async (...args: string[]): Promise<string> => {
    const { code, output } = await compose(args);
    if (code !== 0) throw new Error(output);
    return output;
  };
  const curl = (...args: string[]): Promise<string> =>
    getBed().engine.must('curl', ['--silent', '--show-error', '--cookie', jar(), '--cookie-jar', jar(), ...args]);
  const jar = (): string => join(getBed().folder, 'scale-cookies.txt');
  const status = (path: string): Promise<string> => curl('--output', '/dev/null', '--write-out', '%{http_code}', `${ADDRESS}${path}`);
  const containers = async (): Promise<string[]> =>
    (await getBed().engine.must('docker', ['ps', '--format', '{{.Names}}', '--filter', 'network=zakops_default'])).trim().split('\n');
  const apiContainers = async (): Promise<string[]> => (await containers()).filter((name) => /backend/.test(name));
  /** Requests that a process has logged under one correlation id. */
  const served = async (container: string, correlation: string): Promise<number> => {
    const log = await getBed().engine.must('docker', ['logs', container]);
    return log.split('\n').filter((line) => line.includes(correlation)).length;
  };

  beforeAll(async () => {
    await must('up', '-d', '--scale', 'backend=3');
    // The balancer takes a new address for one that serves until its first probe, so that one ready process is not enough.
    for (const name of await apiContainers()) {
      await waitFor(
        `${name} to be ready`,
        () =>
          getBed()
            .engine.must('docker', ['exec', name, 'zakops-health'])
            .then(() => true),
        60_000,
      );
    }
    await waitFor('the balancer to know a process that is ready', async () => (await status('/api/health/ready')) === '200', 60_000);
  }, 5 * MINUTES);

  afterAll(async () => {
    await compose(['down', '--timeout', '10']);
  }, 2 * MINUTES);

  it(
    'one login counts on all four processes, and all of them serve',
    async () => {
      const credentials = JSON.stringify({ email: 'ann@example.com', password: PASSWORD });
      expect(await curl('--write-out', ' %{http_code}', `${ADDRESS}/api/auth/login`, '--json', credentials)).toMatch(/ 200$/);
      await waitFor(
        'all four processes to serve',
        async () => {
          expect(await curl('--write-out', ' %{http_code}', '--header', 'X-Correlation-ID: all-of-them', `${ADDRESS}/api/auth/me`)).toMatch(
            / 200$/,
          );
          const counts = await Promise.all((await apiContainers()).map((name) => served(name, 'all-of-them')));
          return counts.length === 4 && counts.every((count) => count > 0);
        },
        60_000,
      );
    },
    2 * MINUTES,
  );

  it('publishes the port of the balancer and no other', async () => {
    const published = await getBed().engine.must('docker', ['ps', '--format', '{{.Names}} {{.Ports}}']);
    const open = published.split('\n').filter((line) => line.includes('->'));
    expect(open).toEqual([expect.stringMatching(/^zakops_balancer_1 0\.0\.0\.0:8000->8000\/tcp/)]);
  });

  it(
    'goes on when a process is killed, and the process comes back',
    async () => {
      const [victim = ''] = (await apiContainers()).filter((name) => name !== 'zakops-backend');
      const pid = (await getBed().engine.must('docker', ['inspect', '--format', '{{.State.Pid}}', victim])).trim();
      // As if the kernel had ended it: `docker kill` would count as a wish to have it stopped. The number is one of the engine's namespace.
      await getBed().engine.inside('kill', '-9', pid);
      await waitFor(
        'the container to be started again',
        async () => {
          expect(await status('/api/auth/me')).toBe('200');
          const restarts = await getBed().engine.must('docker', ['inspect', '--format', '{{.RestartCount}} {{.State.Running}}', victim]);
          return restarts.trim() === '1 true';
        },
        60_000,
      );
    },
    2 * MINUTES,
  );

  it(
    'keeps the old processes when the first new one does not become ready',
    async () => {
      const before = (await apiContainers()).filter((name) => name !== 'zakops-backend').sort();
      const { code } = await compose(['up', '-d', '--scale', 'backend=3'], { AUTH_REQUIRED: 'false' });
      expect(code).not.toBe(0);
      expect((await apiContainers()).filter((name) => name !== 'zakops-backend').sort()).toEqual(before);
      expect(await status('/api/auth/me')).toBe('200');
      await must('up', '-d', '--scale', 'backend=3');
      expect(await apiContainers()).toContain('zakops-backend');
    },
    5 * MINUTES,
  );
}
