import { readdir, readFile } from 'node:fs/promises';
import { createProgram } from '../../apps/cli/src/create-program.js';
import type { Terminal } from '../../apps/cli/src/terminal/terminal.js';
import { packageVersion } from './support/package-version.js';
import { named, OVERLAYS, ownWorkloads, renderOverlay, workloads } from './support/manifests.js';
import type { Manifest, Workload } from './support/manifests.js';
import { podEnvironment } from './support/pod-environment.js';
import { podSecurityProblems } from './support/pod-security.js';

// The first rendering on a machine may have to fetch kubectl.
jest.setTimeout(120_000);

const READINESS_ANSWERS_WITHIN_SECONDS = 2;

describe.each(OVERLAYS)('the pods of overlay %s', (overlay) => {
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    manifests = await renderOverlay(overlay);
  });

  it('run restricted, with limits and without a token', () => {
    expect(workloads(manifests).map((workload) => [workload.name, podSecurityProblems(workload)])).toEqual(
      workloads(manifests).map(({ name }) => [name, []]),
    );
  });

  it('run images with a version, ours in the version of this checkout', () => {
    const images = workloads(manifests).flatMap(({ containers }) => containers.map(({ image }) => image ?? ''));
    expect(images.filter((image) => !/:\d+\.\d+[\w.-]*$/.test(image))).toEqual([]);
    const own = ownWorkloads(manifests).flatMap(({ containers }) => containers.map(({ image }) => image?.split(':').at(-1)));
    expect(own).toEqual(own.map(() => packageVersion()));
    expect(own).toHaveLength(4);
  });

  it('carry the version in their labels, and the migration in its name', () => {
    expect(ownWorkloads(manifests).map(({ labels }) => labels['app.kubernetes.io/version'])).toEqual(Array(3).fill(packageVersion()));
    expect(named(manifests, 'Job', `zakops-migrate-${packageVersion()}`).spec?.ttlSecondsAfterFinished).toBeGreaterThan(0);
  });

  it('run commands that the image has', async () => {
    const programs = (await readdir('docker/bin')).map((file) => file.replace(/\.(mjs|sh)$/, ''));
    const commands = (await createProgram({ env: {}, terminal: {} as Terminal }, undefined)).commands.map((command) => command.name());
    const used = ownWorkloads(manifests).flatMap(({ containers }) =>
      containers.flatMap(({ command = [], startupProbe, livenessProbe, readinessProbe }) => [
        command,
        ...[startupProbe, livenessProbe, readinessProbe].flatMap((probe) =>
          probe?.exec?.command === undefined ? [] : [probe.exec.command],
        ),
      ]),
    );
    expect(used.filter(([program]) => program === undefined || !programs.includes(program))).toEqual([]);
    expect(used.filter(([program, command]) => program === 'zakops' && !commands.includes(command ?? ''))).toEqual([]);
    expect(used).toHaveLength(6);
  });

  it('probe paths that the API has, on the port that it listens on', async () => {
    const routes = JSON.parse(await readFile('apps/api/test/route-matrix.json', 'utf8')) as object;
    const { api, env } = theApi(manifests);
    const ports = new Map(api.ports?.map(({ name, containerPort }) => [name, containerPort]));
    const probes = [api.startupProbe, api.readinessProbe, api.livenessProbe].map((probe) => probe?.httpGet);
    expect(probes.map((probe) => probe?.path)).toEqual(['/api/health/startup', '/api/health/ready', '/api/health/live']);
    expect(probes.filter((probe) => !(`GET ${probe?.path ?? ''}` in routes))).toEqual([]);
    expect(probes.map((probe) => ports.get(String(probe?.port)))).toEqual([8000, 8000, 8000]);
    expect(env['PORT'] ?? '8000').toBe('8000');
  });

  it('wait for an answer of readiness longer than it takes', () => {
    const { api } = theApi(manifests);
    expect(api.readinessProbe?.timeoutSeconds).toBeGreaterThan(READINESS_ANSWERS_WITHIN_SECONDS);
    expect(api.startupProbe?.timeoutSeconds).toBeGreaterThan(READINESS_ANSWERS_WITHIN_SECONDS);
    expect((api.startupProbe?.periodSeconds ?? 0) * (api.startupProbe?.failureThreshold ?? 0)).toBeGreaterThanOrEqual(300);
  });

  it('are given the time to drain and to stop by themselves', () => {
    for (const name of ['zakops-backend', 'zakops-outbox-processor']) {
      const { pod, containers } = workloadOf(manifests, name);
      const container = containers[0];
      if (container === undefined) throw new Error(`${name} has no container.`);
      const env = podEnvironment(manifests, container);
      const shutdown = Number(env['SHUTDOWN_TIMEOUT']);
      expect(shutdown).toBeGreaterThan(Number(env['DRAIN_DELAY']));
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual((container.lifecycle?.preStop?.sleep?.seconds ?? 0) + shutdown + 5);
    }
  });

  it('take their secrets from files, which are mounted where the variables say', () => {
    for (const { containers, pod } of ownWorkloads(manifests)) {
      for (const container of containers) {
        const env = podEnvironment(manifests, container);
        expect(env['DATABASE_URL_FILE']).toBe('/run/secrets/zakops/database-url');
        const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === '/run/secrets/zakops');
        expect(mount?.readOnly).toBe(true);
        expect(pod.volumes?.find(({ name }) => name === mount?.name)?.secret?.defaultMode).toBe(0o440);
      }
    }
  });

  it('keep the role that owns the schema from everything that runs on', () => {
    const secrets = ownWorkloads(manifests).map(({ manifest, pod }) => [
      manifest.kind,
      pod.volumes?.flatMap(({ secret }) => secret?.secretName ?? []).join(),
    ]);
    expect(secrets).toEqual([
      ['Deployment', 'zakops-runtime'],
      ['Deployment', 'zakops-runtime'],
      ['Job', 'zakops-migration'],
    ]);
  });

  it('are a worker without a port, of which a second one stands by', () => {
    const { manifest, containers } = workloadOf(manifests, 'zakops-outbox-processor');
    expect(containers.flatMap(({ ports = [] }) => ports)).toEqual([]);
    for (const probe of [containers[0]?.startupProbe, containers[0]?.livenessProbe])
      expect(probe?.exec?.command).toEqual(['zakops-health', '--worker']);
    expect(manifest.spec).toMatchObject({ replicas: 2, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } });
  });

  it('are replaced without a moment of fewer replicas', () => {
    expect(workloadOf(manifests, 'zakops-backend').manifest.spec).toMatchObject({
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
  });
});

describe(podSecurityProblems.name, () => {
  it.each<[string, (workload: Workload) => void]>([
    ['may run as root', ({ pod }) => delete pod.securityContext?.runAsNonRoot],
    ['filters no system calls', ({ pod }) => delete pod.securityContext?.seccompProfile],
    ['has a token for the Kubernetes API', ({ pod }) => delete pod.automountServiceAccountToken],
    ['gets variables named after services', ({ pod }) => delete pod.enableServiceLinks],
    ['api may gain rights', ({ containers }) => delete containers[0]?.securityContext?.allowPrivilegeEscalation],
    ['api may write to its image', ({ containers }) => delete containers[0]?.securityContext?.readOnlyRootFilesystem],
    ['api has capabilities', ({ containers }) => delete containers[0]?.securityContext?.capabilities],
    ['api may take all memory', ({ containers }) => delete containers[0]?.resources?.limits],
    ['api asks for nothing', ({ containers }) => delete containers[0]?.resources?.requests],
  ])('finds a pod that %s', async (problem, spoil) => {
    const workload = workloadOf(await renderOverlay('production'), 'zakops-backend');
    spoil(workload);
    expect(podSecurityProblems(workload)).toEqual([problem]);
  });
});

describe('the image', () => {
  it('runs as the user of the pods, on the port of the pods', async () => {
    const dockerfile = await readFile('docker/Dockerfile', 'utf8');
    expect(dockerfile).toContain('USER 1000:1000');
    expect(dockerfile).toContain('EXPOSE 8000');
  });

  it('keeps the heartbeat file of the worker where the pods can write', async () => {
    expect(await readFile('docker/Dockerfile', 'utf8')).toContain('WORKER_HEARTBEAT_FILE=/tmp/');
    const [container] = workloadOf(await renderOverlay('production'), 'zakops-outbox-processor').containers;
    expect(container?.volumeMounts?.find(({ mountPath }) => mountPath === '/tmp')?.readOnly).toBeUndefined();
    expect(container?.volumeMounts?.map(({ mountPath }) => mountPath)).toContain('/tmp');
  });
});

function workloadOf(manifests: readonly Manifest[], name: string): Workload {
  const found = workloads(manifests).find((workload) => workload.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
}

function theApi(manifests: readonly Manifest[]): { api: Workload['containers'][number]; env: Readonly<Record<string, string>> } {
  const [api] = workloadOf(manifests, 'zakops-backend').containers;
  if (api === undefined) throw new Error('The API has no container.');
  return { api, env: podEnvironment(manifests, api) };
}
