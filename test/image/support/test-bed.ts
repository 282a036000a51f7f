import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installPrograms } from '#zakops/testing';
import { makeBaseImages } from './base-images.js';
import { DockerEngine } from './docker-engine.js';

/** By this address containers know the machine they run on. */
const MACHINE = '172.17.0.1';

/** A machine as the runbook asks for: a Docker engine, and a PostgreSQL that is no container. */
export interface TestBed {
  readonly engine: DockerEngine;
  /** Of the PostgreSQL, as containers reach it; its user may do everything. */
  readonly databaseUrl: string;
  /** An empty folder to work in. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Prepares the machine; takes about a minute. */
export async function startTestBed(): Promise<TestBed> {
  await installPrograms({ '/usr/bin/psql': 'postgresql-client', '/usr/bin/curl': 'curl' });
  const folder = await mkdtemp(join(tmpdir(), 'zakops-operator-'));
  // curl shows its progress where nobody looks, and its errors where somebody does.
  await writeFile(join(folder, '.curlrc'), 'silent\nshow-error\n');
  const engine = await DockerEngine.start();
  let database: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    await endDatabase(database);
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await makeBaseImages(engine);
    database = engine.spawn(process.execPath, [join(process.cwd(), 'test/image/support/outside-database.mjs'), MACHINE]);
    const databaseUrl = await firstLine(database);
    return { engine, databaseUrl, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The database has no output.');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('The database ended before it said where it is.');
}

async function endDatabase(database: ChildProcess | undefined): Promise<void> {
  if (database === undefined || database.exitCode !== null || database.signalCode !== null) return;
  const exited = once(database, 'exit');
  database.kill('SIGTERM');
  await exited;
}
