import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageVersion } from './support/package-version.js';

const run = promisify(execFile);

const CHANGELOG = `# Changelog

## [Unreleased]

Not yet.

## [1.2.0] - 2026-11-23

What it is for.

### Added

- **One** thing, with [a link] and \`code\`.

## [1.1.0]
## [1.0.0] - 2026-01-01

- First.

[1.2.0]: https://example.com/compare
`;

describe('release/changelog-section.sh', () => {
  it('prints what the changelog says of a version, and nothing of its neighbours', async () => {
    const { sections } = await setup();
    expect(await sections('1.2.0')).toBe('What it is for.\n\n### Added\n\n- **One** thing, with [a link] and `code`.\n');
    expect(await sections('1.0.0')).toBe('- First.\n');
  });

  it.each(['1.1.0', '1.2', '2.0.0'])('fails for %s, of which it says nothing', async (version) => {
    const { sections } = await setup();
    await expect(sections(version)).rejects.toMatchObject({ code: 1, stderr: `CHANGELOG.md says nothing of ${version}\n` });
  });
});

describe('release/facts.sh', () => {
  it('prints version and time for the tag of this checkout', async () => {
    const { facts } = await setup();
    const lines = (await facts('v1.2.0')).trim().split('\n');
    expect(lines).toEqual(['version=1.2.0', expect.stringMatching(/^build_time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)]);
    expect(Math.abs(Date.now() - Date.parse(lines[1]?.split('=')[1] ?? ''))).toBeLessThan(60_000);
  });

  it.each([
    ['v1.3.0', 'package.json says 1.2.0, and the tag says 1.3.0'],
    ['1.2.0', '1.2.0 is no version: it has to look like v1.2.3 or v1.2.3-rc.1'],
    ['v1.2', 'v1.2 is no version: it has to look like v1.2.3 or v1.2.3-rc.1'],
    ['v01.2.0', 'v01.2.0 is no version: it has to look like v1.2.3 or v1.2.3-rc.1'],
    ['v1.2.0\nx=y', 'v1.2.0\nx=y is no version: it has to look like v1.2.3 or v1.2.3-rc.1'],
  ])('refuses the tag %j', async (tag, reason) => {
    const { facts } = await setup();
    await expect(facts(tag)).rejects.toMatchObject({ code: 1, stderr: `${reason}\n`, stdout: '' });
  });

  it('refuses a release whose manifests deploy another one', async () => {
    const { facts } = await setup({ tagOfManifests: '1.1.0' });
    await expect(facts('v1.2.0')).rejects.toMatchObject({
      code: 1,
      stderr: 'k8s/base/kustomization.yaml says 1.1.0, and the tag says 1.2.0\n',
    });
  });

  it('refuses a release that the changelog does not know', async () => {
    const { facts } = await setup({ version: '1.3.0', tagOfManifests: '1.3.0' });
    await expect(facts('v1.3.0')).rejects.toMatchObject({ code: 1, stderr: 'CHANGELOG.md says nothing of 1.3.0\n' });
  });

  it('reads the files as they are in this checkout', async () => {
    const folder = await setup({ version: packageVersion(), manifests: await readFile('k8s/base/kustomization.yaml', 'utf8') });
    await writeFile(join(folder.path, 'CHANGELOG.md'), `## [${packageVersion()}]\n\nText.\n`);
    await cp('package.json', join(folder.path, 'package.json'));
    expect(await folder.facts(`v${packageVersion()}`)).toContain(`version=${packageVersion()}\n`);
  });
});

describe('release/publish.sh', () => {
  it.each([
    ['v1.2.0', '1.2.0', []],
    ['v2.0.0-rc.1', '2.0.0-rc.1', ['--prerelease']],
  ])('makes the release of %s with its section of the changelog', async (tag, version, more) => {
    const { path, publish } = await setup({ version });
    await writeFile(join(path, 'CHANGELOG.md'), `## [${version}]\n\nText.\n`);
    expect(await publish(tag)).toEqual({
      args: ['release', 'create', tag, '--verify-tag', '--title', tag, '--notes-file', '-', ...more],
      notes: 'Text.\n',
    });
  });

  it('makes none without a section', async () => {
    const { publish } = await setup();
    await expect(publish('v9.9.9')).rejects.toMatchObject({ stderr: 'CHANGELOG.md says nothing of 9.9.9\n' });
  });
});

interface Checkout {
  readonly path: string;
  sections(version: string): Promise<string>;
  facts(tag: string): Promise<string>;
  publish(tag: string): Promise<{ readonly args: readonly string[]; readonly notes: string }>;
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A checkout that has only what the scripts read, and a gh that writes down how it was called. */
async function setup(of: { version?: string; tagOfManifests?: string; manifests?: string } = {}): Promise<Checkout> {
  const { version = '1.2.0', tagOfManifests = version, manifests } = of;
  const path = await mkdtemp(join(tmpdir(), 'zakops-release-'));
  folders.push(path);
  await cp('release', join(path, 'release'), { recursive: true });
  await writeFile(join(path, 'CHANGELOG.md'), CHANGELOG);
  await writeFile(join(path, 'package.json'), `${JSON.stringify({ name: 'x', version, private: true }, null, 2)}\n`);
  await mkdir(join(path, 'k8s/base'), { recursive: true });
  await writeFile(join(path, 'k8s/base/kustomization.yaml'), manifests ?? `images:\n  - name: x\n    newTag: ${tagOfManifests}\n`);
  await mkdir(join(path, 'bin'));
  await writeFile(join(path, 'bin/gh'), `#!/usr/bin/env bash\nprintf '%s\\n' "$@" > ${path}/gh-args\ncat > ${path}/gh-notes\n`);
  await chmod(join(path, 'bin/gh'), 0o755);
  const script = async (name: string, argument: string): Promise<string> => {
    const env = { PATH: `${path}/bin:${process.env['PATH'] ?? ''}` };
    return (await run('bash', [join(path, 'release', name), argument], { env })).stdout;
  };
  return {
    path,
    sections: (wanted) => script('changelog-section.sh', wanted),
    facts: (tag) => script('facts.sh', tag),
    publish: async (tag) => {
      await script('publish.sh', tag);
      const args = (await readFile(join(path, 'gh-args'), 'utf8')).trim().split('\n');
      return { args, notes: await readFile(join(path, 'gh-notes'), 'utf8') };
    },
  };
}
