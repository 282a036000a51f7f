import { createTestDatabase, freePort, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EDITS = 10;
// What the build reads, and where it writes.
const COPIED = ['apps', 'libs', 'migrations', 'bench', 'docs', 'dist', 'package.json', 'nest-cli.json', 'tsconfig.json', '.swcrc'];
const LIMIT_MS = 60_000;

describe('npx nest start api --watch', () => {
  let folder: string;
  let database: TestDatabase;
  let nest: ChildProcess | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'zakops-watch-'));
    for (const name of COPIED) await cp(name, join(folder, name), { recursive: true });
    await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  }, LIMIT_MS);

  afterAll(async () => {
    if (nest?.pid !== undefined && nest.exitCode === null) {
      const ended = once(nest, 'exit');
      // Its session: the shell and the API as well.
      process.kill(-nest.pid, 'SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    await database.drop();
  });

  it(`answers with the edited program after each of ${EDITS} edits, although the process before drains`, async () => {
    const port = await freePort();
    const lines: string[] = [];
    nest = spawn(process.execPath, [join(folder, 'node_modules/.bin/nest'), 'start', 'api', '--watch'], {
      cwd: folder,
      detached: true,
      env: { PATH: process.env['PATH'], DATABASE_URL: database.url, HOST: '127.0.0.1', PORT: String(port), DRAIN_DELAY: '2' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [nest.stdout, nest.stderr]) stream?.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
    const file = join(folder, 'libs/http/src/openapi/api-document.ts');
    const source = await readFile(file, 'utf8');
    const title = async (): Promise<unknown> => {
      const response = await fetch(`http://127.0.0.1:${port}/openapi.json`);
      return ((await response.json()) as { info: { title: string } }).info.title;
    };
    const untilTitle = async (wanted: string): Promise<void> => {
      await waitFor(
        `the title ${wanted}:\n${lines.slice(-5).join('')}`,
        async () => (await title().catch(() => undefined)) === wanted,
        LIMIT_MS,
      );
    };
    await untilTitle('ZakOps');

    for (let edit = 1; edit <= EDITS; edit += 1) {
      await writeFile(file, source.replace(".setTitle('ZakOps')", `.setTitle('ZakOps ${edit}')`));
      await untilTitle(`ZakOps ${edit}`);
    }

    expect(lines.join('')).not.toMatch(/is taken on/);
  }, 300_000);
});
