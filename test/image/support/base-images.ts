import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { must } from './command.js';
import type { DockerEngine } from './docker-engine.js';

/** The names that docker/Dockerfile and docker/docker-compose.production.yml ask for. */
export const NODE_IMAGE = 'node:24-bookworm-slim';
export const HAPROXY_IMAGE = 'haproxy:2.6';

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Makes images that stand for the official ones, which cannot be pulled from here: Debian 12 with this run's Node, with npm and a user
 * `node`, and Debian's haproxy. The Dockerfile and the compose file are the real ones and do not notice.
 */
export async function makeBaseImages(engine: DockerEngine): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zakops-base-'));
  const root = join(folder, 'root');
  try {
    await must('debootstrap', ['--variant=minbase', '--include=ca-certificates,haproxy', 'bookworm', root]);
    await addNode(root);
    const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`];
    const changes = environment.map((setting) => `ENV ${setting}`);
    await importImage(engine, root, NODE_IMAGE, [...changes, 'CMD ["node"]']);
    const proxy = ['USER haproxy', 'STOPSIGNAL SIGUSR1', 'CMD ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]'];
    await writeFile(join(folder, 'Dockerfile'), [`FROM ${NODE_IMAGE}`, ...proxy, ''].join('\n'));
    await engine.must('docker', ['build', '-q', '-t', HAPROXY_IMAGE, '-f', join(folder, 'Dockerfile'), join(folder, 'root/usr/local/etc')]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function addNode(root: string): Promise<void> {
  const npm = dirname(dirname(await realpath((await must('which', ['npm'])).trim())));
  const local = join(root, 'usr/local');
  await mkdir(join(local, 'lib/node_modules'), { recursive: true });
  await mkdir(join(local, 'etc'), { recursive: true });
  await copyFile(process.execPath, join(local, 'bin/node'));
  await must('cp', ['-a', npm, join(local, 'lib/node_modules/npm')]);
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  // The image trusts what this machine trusts: its registry may stand behind a certificate of its own.
  await copyFile(CERTIFICATES, join(root, CERTIFICATES)).catch(() => undefined);
  await writeFile(join(local, 'etc/npmrc'), `cafile=${CERTIFICATES}\n`);
  await must('chroot', [root, 'useradd', '--uid', '1000', '--create-home', 'node']);
}

async function importImage(engine: DockerEngine, root: string, name: string, changes: readonly string[]): Promise<void> {
  const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await engine.must('docker', ['import', ...changes.flatMap((change) => ['-c', change]), '-', name], { input: tar.stdout });
}
