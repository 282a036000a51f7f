import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { makeFolder, waitFor } from '#zakops/testing';
import pg from 'pg';
import { isAlive, LauncherHarness } from './launcher-harness.js';

describe('npm start', () => {
  let harness: LauncherHarness;
  // One for all tests: it begins empty, and every test has to leave it in a state to start from.
  const dataDir = makeFolder('zakops-launcher-data-');

  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    harness = await LauncherHarness.create(dataDir);
  });

  afterEach(async () => {
    await harness.dispose();
  });

  it('brings everything up on an empty folder, says where to look, and takes it down in order', async () => {
    const launcher = await harness.startAndWait();
    const output = harness.outputOf(launcher);
    for (const expected of [
      `http://localhost:${harness.port}\n`,
      `http://localhost:${harness.port}/docs`,
      'postgres://zakops:',
      `curl -N http://localhost:${harness.port}/api/events/stream`,
    ]) {
      expect(output).toContain(expected);
    }

    launcher.kill('SIGINT');

    const { code } = await harness.end(launcher);
    expect(code).toBe(0);
    expect(harness.journal()[0]).toBe('migrate done');
    expect(harness.journal()).toEqual(expect.arrayContaining(['api stopped with database', 'worker stopped with database']));
    expect(harness.running()).toEqual([]);
  });

  it('hurries at a second Ctrl-C', async () => {
    const launcher = await harness.startAndWait({ api: 'ignores-sigterm' });
    launcher.kill('SIGINT');
    await harness.until(() => harness.journal().includes('api stopping'), 'the API was asked to stop');

    // A launcher that is about to exit has no handlers any more: a signal would then change its code.
    const again = setInterval(() => launcher.kill('SIGINT'), 100);
    await harness.until(() => !harness.pidsOf('api').some(isAlive), 'the API is ended', launcher);
    clearInterval(again);

    expect((await harness.end(launcher)).code).toBe(0);
    expect(harness.running()).toEqual([]);
  });

  it('leaves nothing running when it is killed, and starts again at once with the data kept', async () => {
    const first = await harness.startAndWait();
    first.kill('SIGKILL');
    await once(first, 'exit');

    const second = await harness.startAndWait();

    const [before, after] = harness.visits();
    expect(after).toBe((before ?? 0) + 1);
    expect(harness.pidsOf('api').map(isAlive)).toEqual([false, true]);
    second.kill('SIGKILL');
    await harness.until(() => harness.running().length === 0, 'children and PostgreSQL end by themselves');
  });

  it('starts again when everything was killed', async () => {
    const first = await harness.startAndWait();
    first.kill('SIGKILL');
    harness.killAllChildren();

    await harness.startAndWait();

    const [before, after] = harness.visits();
    expect(after).toBe((before ?? 0) + 1);
  });

  it('ends a child of a killed launcher that does not end by itself', async () => {
    const first = await harness.startAndWait({ worker: 'ignores-sigterm' });
    first.kill('SIGKILL');

    const second = await harness.startAndWait();

    expect(harness.outputOf(second)).toMatch(/Stopping what an earlier start left running: .*worker/);
    expect(isAlive(harness.firstPidOf('worker'))).toBe(false);
  });

  it('starts a killed worker, API and PostgreSQL again', async () => {
    const launcher = await harness.startAndWait();
    for (const name of ['worker', 'api'] as const) {
      process.kill(harness.firstPidOf(name), 'SIGKILL');
      await harness.until(() => harness.pidsOf(name).length === 2, `the ${name} is started again`, launcher);
    }
    for (const pid of harness.postgresPids()) process.kill(pid, 'SIGKILL');
    await harness.until(() => harness.outputOf(launcher).includes('The PostgreSQL server ended'), 'the death is seen', launcher);

    const connectionString = /postgres:\/\/\S+/.exec(harness.outputOf(launcher))?.[0] ?? '';
    await waitFor('PostgreSQL to take connections again', async () => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.end();
      return true;
    });
    launcher.kill('SIGTERM');
    expect((await harness.end(launcher)).code).toBe(0);
    expect(harness.journal()).toContain('api stopped with database');
  });

  it('gives up on an API that dies again and again', async () => {
    const launcher = harness.start({ api: 'dies-after-ready' });
    const poke = setInterval(() => void fetch(`http://127.0.0.1:${harness.port}/`).catch(() => undefined), 50);

    const { code, output } = await harness.end(launcher);

    clearInterval(poke);
    expect(code).toBe(1);
    expect(output).toContain('The API ended 3 times in a row (exit code 7).');
    expect(harness.running()).toEqual([]);
  });

  it.each(['migrate', 'api', 'worker'] as const)('names a %s that fails at start, with its last words', async (name) => {
    const { code, output } = await harness.end(harness.start({ [name]: 'fails' }));

    expect(code).toBe(1);
    expect(output).toMatch(
      /ZakOps cannot run: The (migrations failed|API ended while starting|worker ended while starting) \(exit code 3\)/,
    );
    expect(output).toContain(`  ${name} cannot find its hat`);
    expect(harness.running()).toEqual([]);
  });

  it('refuses a folder that another launcher uses', async () => {
    const first = await harness.startAndWait();

    const second = await harness.end(harness.start());

    expect(second).toEqual({
      code: 1,
      output: `ZakOps cannot run: The folder ${harness.dataDir} is already in use by process ${first.pid}: stop that one, or use another folder.\n`,
    });
  });

  it('refuses a taken port', async () => {
    const squatter = createServer().listen(harness.port);
    await once(squatter, 'listening');

    const { code, output } = await harness.end(harness.start());

    squatter.close();
    expect(code).toBe(1);
    expect(output).toMatch(/^ZakOps cannot run: Port \d+ is already in use: stop the program that uses it, or .*\.\n$/);
  });

  it('refuses a folder on a file system that takes none, instead of trying for ever', async () => {
    const { code, output } = await harness.end(harness.start({}, { dataDir: '/proc/zakops/data' }));

    expect(code).toBe(1);
    expect(output).toMatch(/^ZakOps cannot run: The data folder \/proc\/zakops\/data cannot be written \(ENOENT\): choose .*\.\n$/);
  });

  it('refuses a folder that cannot be written', async () => {
    const file = join(harness.folder, 'file');
    writeFileSync(file, '');

    const { code, output } = await harness.end(harness.start({}, { dataDir: join(file, 'data') }));

    expect(code).toBe(1);
    expect(output).toMatch(/^ZakOps cannot run: The data folder .* cannot be written \(ENOTDIR\): choose .*\.\n$/);
  });

  it.each([
    ['nonsense', /not of the form/],
    ['mysql://u:s3cret@localhost/x', /not of the form/],
    ['postgres://u:s3cret@127.0.0.1:1/x', /\(u@127\.0\.0\.1:1\/x\) cannot be used: connect ECONNREFUSED/],
    ['postgres://u:s3cret@no-such-host.invalid/x', /cannot be used: getaddrinfo/],
  ])('refuses DATABASE_URL=%s without showing its password', async (databaseUrl, expected) => {
    const { code, output } = await harness.end(harness.start({}, { databaseUrl }));

    expect(code).toBe(1);
    expect(output).toMatch(expected);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).not.toContain('s3cret');
  });

  it('uses the server of DATABASE_URL and starts none', async () => {
    const server = await EmbeddedPostgres.start({ dataDir: join(dataDir, 'postgres'), settings: { fsync: 'off' } });
    const { password } = new URL(server.url);
    try {
      const wrong = await harness.end(harness.start({}, { databaseUrl: server.url.replace(password, 'wr0ng') }));
      expect(wrong.output).toMatch(/cannot be used: password authentication failed/);
      expect(wrong.output).not.toContain('wr0ng');

      const unused = join(harness.folder, 'unused');
      const launcher = await harness.startAndWait({}, { databaseUrl: server.url, dataDir: unused });
      expect(existsSync(unused)).toBe(false);
      expect(harness.outputOf(launcher)).not.toContain(password);
      launcher.kill('SIGINT');

      expect((await harness.end(launcher)).code).toBe(0);
      expect(harness.journal()).toContain('api stopped with database');
    } finally {
      await server.stop();
    }
  });
});
