import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IContainer } from 'kubernetes-models/v1/Container';
import pg from 'pg';
import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { freePort, waitFor } from '#zakops/testing';
import { named, ofKind, ownWorkloads, renderOverlay } from './support/manifests.js';
import type { Manifest, Workload } from './support/manifests.js';
import { makeImageFolder, runInContainer } from './support/run-container.js';
import type { RunningCommand } from './support/run-container.js';

// The first rendering on a machine may have to fetch kubectl.
jest.setTimeout(120_000);

// Two cores of CI are often busy with more; the pods are given longer still.
const STARTS_WITHIN_MS = 60_000;

describe('what the pods of overlay local run', () => {
  let manifests: readonly Manifest[];
  let folder: string;
  let image: string;
  let server: EmbeddedPostgres;
  const running: RunningCommand[] = [];

  beforeAll(async () => {
    manifests = await renderOverlay('local');
    folder = await mkdtemp(join(tmpdir(), 'zakops-pods-'));
    server = await EmbeddedPostgres.start({ dataDir: join(folder, 'data-of-postgres'), settings: { fsync: 'off' } });
    await prepareDatabase(server.url);
    image = await makeImageFolder(join(folder, 'image'));
    for (const { metadata, data = {} } of ofKind(manifests, 'Secret')) {
      await mkdir(join(folder, metadata?.name ?? ''));
      for (const [key, value] of Object.entries(data)) {
        const text = Buffer.from(value, 'base64').toString().replace('@postgres:5432/', `@127.0.0.1:${server.port}/`);
        await writeFile(join(folder, metadata?.name ?? '', key), text);
      }
    }
  });

  afterAll(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ exited }) => exited));
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('migrates, and gives the run-time role its rights, as often as it is asked to', async () => {
    for (let round = 1; round <= 2; round += 1) {
      for (const container of workload('Job').containers) {
        const job = start(container, container.command ?? [], { secrets: 'zakops-migration', hostname: 'migrate' });
        expect([container.name, await job.exited, job.output()]).toEqual([container.name, 0, expect.stringMatching(/./)]);
      }
    }
  });

  it('starts an API that passes its three probes, and ends in time after SIGTERM', async () => {
    const port = await freePort();
    const { containers, pod } = workload('Deployment', 'zakops-backend');
    const [container] = containers;
    if (container === undefined) throw new Error('The API has no container.');
    const api = start(container, container.command ?? [], {
      secrets: 'zakops-runtime',
      hostname: 'zakops-backend-0',
      env: { PORT: String(port), HOST: '127.0.0.1' },
    });
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
      await waitFor(
        `${probe?.httpGet?.path ?? ''} to answer 200: ${api.output()}`,
        async () => {
          if (api.child.exitCode !== null) throw new Error(api.output());
          return (await fetch(`http://127.0.0.1:${port}${probe?.httpGet?.path ?? ''}`)).status === 200;
        },
        STARTS_WITHIN_MS,
      );
    }
    await endsWithin(api, pod.terminationGracePeriodSeconds);
  });

  it('starts a worker that passes its probe, and ends in time after SIGTERM', async () => {
    const { containers, pod } = workload('Deployment', 'zakops-outbox-processor');
    const [container] = containers;
    if (container === undefined) throw new Error('The worker has no container.');
    // Where the image has it, but in a folder of this test.
    const env = { WORKER_HEARTBEAT_FILE: join(folder, 'zakops-worker.heartbeat') };
    const place = { secrets: 'zakops-runtime', hostname: 'zakops-outbox-processor-0', env };
    const probe = container.livenessProbe?.exec?.command ?? [];
    // It has not begun yet.
    expect(await start(container, probe, place).exited).toBe(1);
    const worker = start(container, container.command ?? [], place);
    await waitFor(`${probe.join(' ')} to pass`, async () => (await start(container, probe, place).exited) === 0, STARTS_WITHIN_MS);
    await endsWithin(worker, pod.terminationGracePeriodSeconds);
    expect(await start(container, probe, place).exited).toBe(1);
  });

  function workload(kind: 'Deployment' | 'Job', name?: string): Workload {
    const found = ownWorkloads(manifests).find((own) => own.manifest.kind === kind && (name === undefined || own.name === name));
    if (found === undefined) throw new Error(`There is no ${kind}.`);
    return found;
  }

  function start(
    container: IContainer,
    command: readonly string[],
    place: { readonly secrets: string; readonly hostname: string; readonly env?: Readonly<Record<string, string>> },
  ): RunningCommand {
    const started = runInContainer(manifests, container, command, { ...place, image, secrets: join(folder, place.secrets) });
    running.push(started);
    return started;
  }

  async function endsWithin(command: RunningCommand, seconds = 0): Promise<void> {
    const startedAt = Date.now();
    command.child.kill('SIGTERM');
    expect(await command.exited).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(seconds * 1000);
  }

  /** What the image of PostgreSQL does with the files of its first start. */
  async function prepareDatabase(url: string): Promise<void> {
    const volume = named(manifests, 'StatefulSet', 'postgres').spec?.template.spec?.volumes?.find(
      ({ configMap }) => configMap !== undefined,
    );
    const files = named(manifests, 'ConfigMap', volume?.configMap?.name ?? '').data ?? {};
    expect(Object.keys(files)).toEqual(['roles.sql']);
    const client = new pg.Client(url.replace(/zakops$/, 'postgres'));
    await client.connect();
    await client.query('DROP DATABASE zakops');
    for (const statement of (files['roles.sql'] ?? '').split(';')) if (statement.trim() !== '') await client.query(statement);
    await client.end();
  }
});
