import { readFile } from 'node:fs/promises';
import { openPods, selects } from './support/network-coverage.js';
import { named, OVERLAYS, ofKind, parseManifests, renderOverlay, workloads } from './support/manifests.js';
import type { Manifest } from './support/manifests.js';
import { mostConnections } from './support/most-connections.js';

// The first rendering on a machine may have to fetch kubectl.
jest.setTimeout(120_000);

// max_connections of a PostgreSQL with default settings, without those that it keeps for superusers.
const CONNECTIONS_OF_A_SERVER = 97;

describe.each(OVERLAYS)('the parts of overlay %s', (overlay) => {
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    manifests = await renderOverlay(overlay);
  });

  it('are in one namespace, which is theirs', () => {
    const [namespace, ...others] = ofKind(manifests, 'Namespace');
    expect(others).toEqual([]);
    expect(namespace?.metadata?.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const elsewhere = manifests.filter(({ kind, metadata }) => kind !== 'Namespace' && metadata?.namespace !== namespace?.metadata?.name);
    expect(elsewhere).toEqual([]);
  });

  it('have a component each, by which a release is rolled out step by step', () => {
    const components = manifests.map(({ kind, metadata }) => [kind, metadata?.labels?.['app.kubernetes.io/component']]);
    const known = ['setup', 'database', 'migration', 'api', 'outbox-processor'];
    expect(components.filter(([, component]) => component === undefined || !known.includes(component))).toEqual([]);
    // What the migration needs is set up before it.
    const early = ['Namespace', 'ServiceAccount', 'ConfigMap', 'NetworkPolicy', 'Secret'];
    const late = components.filter(([kind, component]) => early.includes(kind ?? '') && component !== 'setup' && component !== 'database');
    expect(late).toEqual([]);
  });

  it('select the pods that are meant', () => {
    for (const manifest of [...ofKind(manifests, 'Deployment'), ...ofKind(manifests, 'StatefulSet')]) {
      expect(podsOf(manifests, manifest.spec?.selector ?? {})).toEqual([manifest.metadata?.name]);
    }
    for (const { metadata, spec } of ofKind(manifests, 'Service')) {
      expect(podsOf(manifests, { matchLabels: spec?.selector ?? {} })).toEqual([metadata?.name]);
    }
    for (const { metadata, spec } of ofKind(manifests, 'PodDisruptionBudget')) {
      expect(podsOf(manifests, spec?.selector ?? {})).toEqual([metadata?.name]);
    }
    for (const { pod, name } of workloads(manifests)) {
      for (const { labelSelector } of pod.topologySpreadConstraints ?? []) expect(podsOf(manifests, labelSelector ?? {})).toEqual([name]);
    }
  });

  it('scale what exists, and own its number', () => {
    for (const { spec } of ofKind(manifests, 'HorizontalPodAutoscaler')) {
      const target = named(manifests, 'Deployment', spec.scaleTargetRef.name);
      expect(target.spec?.replicas).toBeUndefined();
      expect(spec.minReplicas).toBeGreaterThanOrEqual(2);
      expect(spec.maxReplicas).toBeGreaterThanOrEqual(spec.minReplicas ?? 0);
    }
  });

  it('open ports by names that exist', () => {
    const service = named(manifests, 'Service', 'zakops-backend');
    expect(portNames(manifests, 'zakops-backend')).toContain(service.spec?.ports?.[0]?.targetPort);
    for (const { spec } of ofKind(manifests, 'Ingress')) {
      const backends = spec?.rules?.flatMap(({ http }) => http?.paths.map(({ backend }) => backend.service) ?? []) ?? [];
      expect(backends.map((backend) => backend?.name)).toEqual(backends.map(() => 'zakops-backend'));
      expect(backends.map((backend) => backend?.port?.name)).toEqual(backends.map(() => service.spec?.ports?.[0]?.name));
      expect(spec?.tls?.flatMap(({ hosts }) => hosts)).toEqual(spec?.rules?.map(({ host }) => host));
    }
    for (const { spec } of ofKind(manifests, 'ServiceMonitor')) {
      expect(spec.endpoints.map(({ port }) => port)).toEqual([service.spec?.ports?.[0]?.name]);
      expect(selects(spec.selector, service.metadata?.labels ?? {})).toBe(true);
    }
    for (const { spec } of ofKind(manifests, 'NetworkPolicy')) {
      const names = podsOf(manifests, spec?.podSelector ?? {}).flatMap((pod) => portNames(manifests, pod));
      const ports = spec?.ingress?.flatMap((rule) => rule.ports?.map(({ port }) => port) ?? []) ?? [];
      expect(ports.filter((port) => !names.includes(port as string))).toEqual([]);
    }
  });

  it('name only settings and secrets that exist, or that the example explains', async () => {
    const example = parseManifests(await readFile('k8s/secrets.example.yaml', 'utf8'));
    const secrets = new Map(
      [...ofKind(example, 'Secret'), ...ofKind(manifests, 'Secret')].map((secret) => [secret.metadata?.name, secret]),
    );
    const settings = ofKind(manifests, 'ConfigMap').map(({ metadata }) => metadata?.name);
    for (const { pod, containers } of workloads(manifests)) {
      for (const { secret, configMap } of pod.volumes ?? []) {
        if (secret !== undefined) expect([...secrets.keys()]).toContain(secret.secretName);
        if (configMap !== undefined) expect(settings).toContain(configMap.name);
      }
      for (const { env = [] } of containers) {
        for (const { name, value } of env.filter((variable) => variable.name.endsWith('_FILE'))) {
          const mounted = pod.volumes?.map(({ secret }) => secrets.get(secret?.secretName)).find((secret) => secret !== undefined);
          const keys = Object.keys({ ...mounted?.data, ...mounted?.stringData });
          expect([name, keys]).toEqual([name, expect.arrayContaining([value?.split('/').at(-1)])]);
        }
      }
    }
    for (const { spec } of ofKind(manifests, 'ServiceMonitor')) {
      const credentials = spec.endpoints[0]?.authorization?.credentials;
      expect(secrets.get(credentials?.name)?.stringData).toHaveProperty(credentials?.key ?? '');
    }
  });

  it('leave no pod open to the network, in no direction', () => {
    expect(openPods(manifests)).toEqual([]);
    expect(named(manifests, 'NetworkPolicy', 'default-deny').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('let our pods ask names and the database, and nothing else', () => {
    const egress = ofKind(manifests, 'NetworkPolicy').flatMap(({ spec }) => spec?.egress ?? []);
    expect(egress.flatMap(({ ports = [] }) => ports.map(({ port, protocol }) => `${String(port)}/${protocol ?? 'TCP'}`)).sort()).toEqual([
      '53/TCP',
      '53/UDP',
      '5432/TCP',
    ]);
    expect(egress.filter(({ to = [] }) => to.length === 0 || to.some(({ ipBlock }) => ipBlock?.cidr === '0.0.0.0/0'))).toEqual([]);
  });

  it('ask names of a cache on the node as well, which is no pod that a selector finds', () => {
    const ways = ofKind(manifests, 'NetworkPolicy').flatMap(({ spec }) => spec?.egress ?? []);
    const dns = ways.filter(({ ports = [] }) => ports.some(({ port }) => port === 53)).flatMap(({ to = [] }) => to);
    const blocks = dns.flatMap(({ ipBlock }) => ipBlock?.cidr ?? []);
    // Its own address; and private ones, because with iptables it answers at the address of the service.
    expect(blocks).toEqual(expect.arrayContaining(['169.254.20.10/32', '10.0.0.0/8']));
  });

  it('open fewer connections than a PostgreSQL with default settings has', () => {
    expect(mostConnections(manifests).most).toBeLessThanOrEqual(CONNECTIONS_OF_A_SERVER);
  });
});

describe('the components of clusters', () => {
  it('read streams for several heartbeats, and let every event through at once', async () => {
    const manifests = await renderOverlay('production');
    const heartbeat = Number(ofKind(manifests, 'ConfigMap')[0]?.data?.['SSE_HEARTBEAT_INTERVAL']);
    const annotations = named(manifests, 'Ingress', 'zakops-backend').metadata?.annotations ?? {};
    const of = (name: string): string | undefined => annotations[`nginx.ingress.kubernetes.io/${name}`];
    expect(Number(of('proxy-read-timeout'))).toBeGreaterThanOrEqual(3 * heartbeat);
    expect(Number(of('proxy-send-timeout'))).toBeGreaterThanOrEqual(3 * heartbeat);
    expect(of('proxy-buffering')).toBe('off');
  });

  it('lead from outside to what is meant for outside: not to metrics', async () => {
    const { spec } = named(await renderOverlay('production'), 'Ingress', 'zakops-backend');
    const paths = spec?.rules?.flatMap(({ http }) => http?.paths.map(({ path, pathType }) => [path, pathType]) ?? []);
    expect(paths).toEqual([
      ['/api', 'Prefix'],
      ['/health', 'Exact'],
    ]);
  });

  it('lead to the documents from outside where that is asked for, at the host of the API', async () => {
    const manifests = await renderOverlay('staging');
    const { spec } = named(manifests, 'Ingress', 'zakops-docs');
    const paths = spec?.rules?.flatMap(({ http }) => http?.paths.map(({ path, pathType }) => [path, pathType]) ?? []);
    expect(paths).toEqual([
      ['/docs', 'Prefix'],
      ['/openapi.json', 'Exact'],
      ['/asyncapi.json', 'Exact'],
      ['/problems', 'Prefix'],
    ]);
    const api = named(manifests, 'Ingress', 'zakops-backend').spec;
    expect([spec?.rules?.map(({ host }) => host), spec?.tls]).toEqual([api?.rules?.map(({ host }) => host), api?.tls]);
  });

  it('let 500 people with three tabs each work behind one address', async () => {
    const annotations = named(await renderOverlay('production'), 'Ingress', 'zakops-backend').metadata?.annotations ?? {};
    expect(Number(annotations['nginx.ingress.kubernetes.io/limit-connections'])).toBeGreaterThanOrEqual(1_500);
  });

  it('scrape a path that the API has, with the key of a Secret, as the job that the alerts ask for', async () => {
    const manifests = await renderOverlay('production');
    const routes = JSON.parse(await readFile('apps/api/test/route-matrix.json', 'utf8')) as object;
    const [endpoint] = named(manifests, 'ServiceMonitor', 'zakops-backend').spec.endpoints;
    expect(routes).toHaveProperty([`GET ${endpoint?.path ?? ''}`]);
    expect(endpoint?.authorization).toEqual({ type: 'Bearer', credentials: { name: 'zakops-metrics', key: 'api-key' } });
    // The operator names the job after the Service.
    const rules = JSON.stringify(named(manifests, 'PrometheusRule', 'zakops-backend').spec);
    const jobs = [...rules.matchAll(/\bjob=\\"([^"\\]+)/g)].map(([, job]) => job);
    expect([...new Set(jobs)]).toEqual([named(manifests, 'Service', 'zakops-backend').metadata?.name]);
  });
});

describe(openPods.name, () => {
  it('finds a pod that no policy covers', async () => {
    const manifests = await renderOverlay('production');
    const without = manifests.filter(({ metadata }) => metadata?.name !== 'default-deny');
    expect(openPods(without)).toEqual(['zakops-outbox-processor: Ingress', expect.stringMatching(/^zakops-migrate-.*: Ingress$/)]);
  });
});

/** The names of the workloads whose pods a selector takes. */
function podsOf(manifests: readonly Manifest[], selector: Parameters<typeof selects>[0]): readonly string[] {
  return workloads(manifests)
    .filter(({ labels }) => selects(selector, labels))
    .map(({ name }) => name);
}

function portNames(manifests: readonly Manifest[], workload: string): readonly unknown[] {
  const found = workloads(manifests).find(({ name }) => name === workload);
  return found?.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name)) ?? [];
}
