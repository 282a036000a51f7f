import { readFile } from 'node:fs/promises';
import { parseManifests, OVERLAYS, renderOverlay } from './support/manifests.js';
import type { Manifest } from './support/manifests.js';
import { schemaProblems } from './support/schema-problems.js';
import { unknownFields } from './support/unknown-fields.js';

// The first rendering on a machine may have to fetch kubectl.
jest.setTimeout(120_000);

// Maps whose keys are free: a label may be called anything.
const FREE = new Set(['labels', 'matchLabels', 'annotations', 'data', 'stringData', 'limits', 'requests', 'nodeSelector']);
// What the object around has as well, with the same form: a name, the resources of a whole pod, the labels of a whole group of rules.
const FIELD_OF_BOTH = /\.name$|ontainers\.\d+\.resources$|rules\.\d+\.labels$/;

describe('the schemas of Kubernetes', () => {
  it.each(OVERLAYS)('accept every document of overlay %s', async (overlay) => {
    expect(await schemaProblems(await renderOverlay(overlay))).toEqual([]);
  });

  it('accept the example of secrets', async () => {
    expect(await schemaProblems(parseManifests(await readFile('k8s/secrets.example.yaml', 'utf8')))).toEqual([]);
  });
});

describe('the check itself', () => {
  it('refuses an unknown field in every object of every document', async () => {
    const mutants = (await everyKind()).flatMap((document) =>
      objectsOf(document).map((path) => changed(document, path, (node) => (node['imagee'] = 'x'))),
    );
    const problems = unknownFields(mutants);
    expect(mutants.length).toBeGreaterThan(150);
    const missed = mutants.filter((_mutant, index) => !problems[index]?.some((problem) => problem.includes('does not exist in type')));
    expect(missed).toEqual([]);
  });

  it('refuses a field that is indented too little', async () => {
    const mutants = (await everyKind()).flatMap((document) => objectsOf(document).flatMap((path) => outdented(document, path)));
    expect(mutants.length).toBeGreaterThan(300);
    const problems = unknownFields(mutants.map(({ manifest }) => manifest));
    const missed = mutants.filter(({ name }, index) => problems[index]?.length === 0 && !FIELD_OF_BOTH.test(name));
    expect(missed.map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ['a text where a number belongs', 'replicas: two', 'spec/replicas'],
    ['a number where a text belongs', 'revisionHistoryLimit: "5"', 'spec/revisionHistoryLimit'],
  ])('refuses %s', async (_case, line, path) => {
    const text = `apiVersion: apps/v1\nkind: Deployment\nspec:\n  ${line}\n  selector: {}\n  template: { spec: { containers: [] } }\n`;
    expect((await schemaProblems(parseManifests(text))).join()).toContain(path);
  });
});

/** Documents of every kind that is shipped, without what only repeats others in them. */
async function everyKind(): Promise<readonly Manifest[]> {
  const all = [...(await renderOverlay('production')), ...(await renderOverlay('local'))];
  const ofEachKind = [...new Map(all.toReversed().map((manifest) => [manifest.kind, manifest])).values()];
  const fewRules = (manifest: Manifest): Manifest =>
    manifest.kind === 'PrometheusRule'
      ? {
          ...manifest,
          spec: { groups: (manifest.spec.groups ?? []).slice(-2).map((group) => ({ ...group, rules: group.rules?.slice(0, 1) ?? [] })) },
        }
      : manifest;
  return ofEachKind.map(fewRules);
}

type Node = Record<string, unknown>;

/** The paths of all objects whose keys are not free. */
function objectsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, child]) => (isFree(key, child) ? [] : objectsOf(child, [...path, key])));
  return Array.isArray(value) ? below : [path, ...below];
}

/** The selector of a Service is labels; that of everything else has fields. */
function isFree(key: string, child: unknown): boolean {
  return FREE.has(key) || (key === 'selector' && Object.values(child as Node).every((value) => typeof value === 'string'));
}

function changed(document: Manifest, path: readonly string[], change: (node: Node) => void): Manifest {
  const copy = structuredClone(document);
  change(path.reduce<Node>((node, key) => node[key] as Node, copy as unknown as Node));
  return copy;
}

/** One document for each field of an object that stands in the object around it instead. */
function outdented(document: Manifest, path: readonly string[]): readonly { readonly name: string; readonly manifest: Manifest }[] {
  if (path.length === 0) return [];
  // Around an item of a list is the object that has the list.
  const around = path.slice(0, Number.isNaN(Number(path.at(-1))) ? -1 : -2);
  const node = path.reduce<Node>((at, key) => at[key] as Node, document as unknown as Node);
  return Object.keys(node).map((field) => ({
    name: [document.kind, ...path, field].join('.'),
    manifest: changed(document, around, (target) => (target[field] = node[field])),
  }));
}
