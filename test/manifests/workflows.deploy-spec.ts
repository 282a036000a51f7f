import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

const FOLDER = '.github/workflows';
// What a workflow may run. Everything that can fail for a reason of ours is in .ci/run or in a script with a test.
const COMMANDS = [
  'bash .ci/run',
  'bash release/facts.sh "$GITHUB_REF_NAME" >> "$GITHUB_OUTPUT"',
  'bash release/publish.sh "$GITHUB_REF_NAME"',
];
const ACTIONS = ['actions/checkout', 'docker/setup-buildx-action', 'docker/login-action', 'docker/build-push-action'];

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly container?: { readonly image: string };
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps?: readonly Step[];
  readonly 'runs-on'?: string;
  readonly 'timeout-minutes'?: number;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

describe('the workflows', () => {
  let workflows: ReadonlyMap<string, Workflow>;
  let steps: readonly Step[];

  beforeAll(async () => {
    const files = await readdir(FOLDER);
    workflows = new Map(await Promise.all(files.map(async (file) => [file, await read(file)] as const)));
    steps = [...workflows.values()].flatMap(({ jobs }) => Object.values(jobs)).flatMap((job) => job.steps ?? []);
  });

  it('are these two', () => {
    expect([...workflows.keys()].sort()).toEqual(['ci.yml', 'release.yml']);
  });

  it('run what can be run without them', () => {
    expect(steps.flatMap((step) => step.run ?? []).filter((command) => !COMMANDS.includes(command))).toEqual([]);
    expect(COMMANDS.filter((command) => !steps.some((step) => step.run === command))).toEqual([]);
  });

  it('use actions by the hash of a commit, with the version beside it', async () => {
    const lines = (await Promise.all([...workflows.keys()].map((file) => readFile(join(FOLDER, file), 'utf8')))).join('').split('\n');
    const used = lines.filter((line) => /^\s*(- )?uses: /.test(line) && !line.includes('uses: ./'));
    expect(used.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    expect(
      steps
        .flatMap(({ uses = [] }) => uses)
        .map((uses) => uses.split('@')[0])
        .filter((action) => !ACTIONS.includes(action ?? '')),
    ).toEqual([]);
    expect(used).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
  });

  it('may read, and write only what a job makes', () => {
    expect([...workflows.values()].map(({ permissions }) => permissions)).toEqual([{ contents: 'read' }, { contents: 'read' }]);
    const jobs = [...workflows.values()].flatMap((workflow) => Object.entries(workflow.jobs));
    expect(jobs.flatMap(([name, { permissions }]) => (permissions === undefined ? [] : [[name, permissions]]))).toEqual([
      ['image', { contents: 'read', packages: 'write' }],
      ['release', { contents: 'write' }],
    ]);
    // Runs code of strangers with the rights of the repository.
    expect([...workflows.values()].filter(({ on }) => 'pull_request_target' in on)).toEqual([]);
  });

  it('leave no credentials in a checkout, and paste nothing into a shell', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
    expect(steps.filter((step) => step.run?.includes('${{'))).toEqual([]);
  });

  it('end when something hangs', () => {
    const jobs = [...workflows.values()].flatMap((workflow) => Object.values(workflow.jobs)).filter((job) => job.uses === undefined);
    expect(jobs.filter((job) => job['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('verify on the oldest Node that is supported and on that of the image', async () => {
    const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly engines: { readonly node: string } };
    const image = /^ARG NODE_IMAGE=node:(\d+)-bookworm/m.exec(await readFile('docker/Dockerfile', 'utf8'))?.[1];
    const { strategy, container } = jobOf('ci.yml', 'verify');
    expect(strategy?.matrix['node']).toEqual([engines.node.replace('>=', ''), image]);
    expect(container?.image).toBe('node:${{ matrix.node }}-bookworm');
  });

  it('release only what was verified', () => {
    expect(jobOf('release.yml', 'verify').uses).toBe('./.github/workflows/ci.yml');
    expect(workflows.get('ci.yml')?.on).toHaveProperty('workflow_call');
    expect(jobOf('release.yml', 'image').needs).toBe('verify');
    expect(jobOf('release.yml', 'release').needs).toBe('image');
    expect(workflows.get('release.yml')?.on).toEqual({ push: { tags: ['v*'] } });
  });

  it('build the image of the Dockerfile, with all of its arguments', async () => {
    const build = jobOf('release.yml', 'image').steps?.find(({ uses }) => uses?.startsWith('docker/build-push-action@'));
    expect(build?.with).toMatchObject({ context: '.', file: 'docker/Dockerfile', push: true, sbom: true, provenance: 'mode=max' });
    const args = String(build?.with?.['build-args'])
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    const declared = [...(await readFile('docker/Dockerfile', 'utf8')).matchAll(/^ARG (\w+)/gm)].map(([, name]) => name);
    expect([...args, 'NODE_IMAGE'].sort()).toEqual([...new Set(declared)].sort());
  });

  function jobOf(file: string, name: string): Job {
    const job = workflows.get(file)?.jobs[name];
    if (job === undefined) throw new Error(`${file} has no job ${name}.`);
    return job;
  }
});

async function read(file: string): Promise<Workflow> {
  return parse(await readFile(join(FOLDER, file), 'utf8')) as Workflow;
}
