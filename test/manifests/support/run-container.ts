import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { IContainer } from 'kubernetes-models/v1/Container';
import { podEnvironment } from './pod-environment.js';
import type { Manifest } from './manifests.js';

/** A command of a container, as a process of this machine. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  /** What it wrote so far, both streams. */
  output(): string;
}

/** Where a pod would find what is elsewhere on this machine. */
export interface Place {
  /** Made by {@link makeImageFolder}. */
  readonly image: string;
  readonly secrets: string;
  readonly hostname: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The programs of the image beside the compiled code of this checkout, as they stand beside each other in the image. */
export async function makeImageFolder(folder: string): Promise<string> {
  await cp('docker/bin', join(folder, 'bin'), { recursive: true });
  await symlink(join(process.cwd(), 'dist'), join(folder, 'dist'));
  return folder;
}

/**
 * Starts a command with the variables that its container gets, and with no other.
 *
 * @remarks It is one of the programs that the image has in its PATH.
 */
export function runInContainer(
  manifests: readonly Manifest[],
  container: IContainer,
  command: readonly string[],
  place: Place,
): RunningCommand {
  const [program = '', ...args] = command;
  const env = Object.entries(podEnvironment(manifests, container)).map(([name, value]) => [
    name,
    value.replace('/run/secrets/zakops', place.secrets),
  ]);
  const script = join(place.image, 'bin', `${program}.sh`);
  const run = existsSync(script) ? ['sh', script] : [process.execPath, join(place.image, 'bin', `${program}.mjs`)];
  const child = spawn(run[0] ?? '', [...run.slice(1), ...args], {
    env: { PATH: process.env['PATH'], HOSTNAME: place.hostname, ...(Object.fromEntries(env) as Record<string, string>), ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part.toString()));
  return { child, exited: once(child, 'exit').then(([code]) => code as number | null), output: () => parts.join('') };
}
