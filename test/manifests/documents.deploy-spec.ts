import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { createProgram } from '../../apps/cli/src/create-program.js';
import type { Terminal } from '../../apps/cli/src/terminal/terminal.js';
import { ofKind, renderOverlay, workloads } from './support/manifests.js';
import type { Manifest } from './support/manifests.js';
import { mostConnections } from './support/most-connections.js';
import { packageVersion } from './support/package-version.js';

// The first rendering on a machine may have to fetch kubectl.
jest.setTimeout(120_000);

const KINDS: Readonly<Record<string, string>> = {
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  job: 'Job',
  service: 'Service',
  hpa: 'HorizontalPodAutoscaler',
};

describe('docs/kubernetes.md', () => {
  let text: string;
  let commands: string;
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    text = await readFile('docs/kubernetes.md', 'utf8');
    commands = [...text.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block = '']) => block).join('');
    manifests = [...(await renderOverlay('production')), ...(await renderOverlay('local'))];
  });

  function yamlBlocks(firstLine: string): readonly string[] {
    const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
    return blocks.filter((block) => block.startsWith(firstLine));
  }

  it('names files that exist', async () => {
    const paths = [...text.matchAll(/\bk8s\/[\w./-]*[\w-]/g)].map(([path]) => path);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => new URL(link, 'file:///docs/').pathname.slice(1));
    const missing = await Promise.all(
      [...paths, ...links].map((path) =>
        access(path).then(
          () => [],
          () => [path],
        ),
      ),
    );
    expect(missing.flat()).toEqual([]);
    expect(paths.length).toBeGreaterThan(10);
  });

  it('shows an overlay that runs every container by a digest', async () => {
    const [overlay] = yamlBlocks('# kustomization.yaml');
    const folder = 'k8s/overlays/by-digest-of-a-test';
    await mkdir(folder);
    try {
      await writeFile(`${folder}/kustomization.yaml`, overlay ?? '');
      const images = workloads(await renderOverlay('by-digest-of-a-test')).flatMap(({ containers }) =>
        containers.map(({ image }) => image),
      );
      expect(images.length).toBeGreaterThan(2);
      expect(images.filter((image) => !/^ghcr\.io\/your-org\/zakops-backend@sha256:[0-9a-f]{64}$/.test(image ?? ''))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('shows a rule of the adapter that gives the autoscaler the metric of the component', async () => {
    const [values] = yamlBlocks('# values.yaml');
    const { rules } = parse(values ?? '') as { rules: { custom: { seriesQuery: string; name: { as: string } }[] } };
    const [hpa] = ofKind(await renderOverlay('staging'), 'HorizontalPodAutoscaler');
    const asked = hpa?.spec.metrics?.flatMap(({ pods }) => pods?.metric.name ?? []);
    expect(asked).toEqual(['zakops_sse_connections']);
    expect(rules.custom.map(({ name }) => name.as)).toEqual(asked);
    const [, series = ''] = /^(\w+)\{/.exec(rules.custom[0]?.seriesQuery ?? '') ?? [];
    expect(await readFile('docs/metrics.md', 'utf8')).toContain(`| \`${series}\` | gauge |`);
  });

  it('names objects that are rendered', () => {
    const objects = [...text.matchAll(/\b(deployment|statefulset|job|service|hpa)[/ ]((?:zakops|postgres)[\w.$-]*)/g)];
    const unknown = objects.filter(([, kind = '', name = '']) => !has(KINDS[kind] ?? '', name.replace('$VERSION', packageVersion())));
    expect(unknown.map(([object]) => object)).toEqual([]);
    expect(objects.length).toBeGreaterThan(15);
  });

  it('selects components that exist, which together are everything', () => {
    const labels = manifests.map(({ metadata }) => metadata?.labels?.['app.kubernetes.io/component']);
    const selected = [...commands.matchAll(/component(?:!?=| in \()(\w[\w-]*(?:, \w[\w-]*)*)/g)].flatMap(([, names = '']) =>
      names.split(', '),
    );
    expect(selected.filter((name) => !labels.includes(name))).toEqual([]);
    expect(selected).toEqual(expect.arrayContaining(['setup', 'migration', 'database']));
  });

  it('runs commands that the image has', async () => {
    const program = await createProgram({ env: {}, terminal: {} as Terminal }, undefined);
    const known = program.commands.flatMap((command) => [
      command.name(),
      ...command.commands.map((sub) => `${command.name()} ${sub.name()}`),
    ]);
    const used = [...commands.matchAll(/^.*(?:-- |^ *)(?:\\\n *)?zakops ([a-z-]+(?: [a-z]+)?)/gm)].map(([, command = '']) => command);
    expect(used.filter((command) => !known.includes(command))).toEqual([]);
    expect(used).toEqual(expect.arrayContaining(['operators create', 'doctor']));
  });

  it('counts the connections as the manifests open them', async () => {
    const { replicas, ofApi, ofWorker, most } = mostConnections(await renderOverlay('production'));
    expect(text).toContain(`(maxReplicas + 2) * (${ofApi} + 3) + 2 * (${ofWorker} + 2) + 1 = ${most}`);
    expect(text).toContain(`to ${replicas} replicas by CPU`);
  });

  function has(kind: string, name: string): boolean {
    return manifests.some((manifest) => manifest.kind === kind && manifest.metadata?.name === name);
  }
});

describe('docs/releasing.md', () => {
  it('names files that exist', async () => {
    const text = await readFile('docs/releasing.md', 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => new URL(link, 'file:///docs/').pathname.slice(1));
    const scripts = [...text.matchAll(/release\/[\w-]+\.sh/g)].map(([script]) => script);
    const missing = await Promise.all(
      [...links, ...scripts].map((path) =>
        access(path).then(
          () => [],
          () => [path],
        ),
      ),
    );
    expect(missing.flat()).toEqual([]);
  });
});
