import { PACKAGE_VERSION } from '#zakops/config';
import { createTestDatabase, spawnApi, spawnWorker, startTlsServer } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { readFile } from 'node:fs/promises';
import { writeDeadLetters } from './dead-letters.builder.js';
import { runCli, runCliJson } from './run-cli.js';
import type { CliSurroundings } from './run-cli.js';
import { runOnTerminal } from './run-on-terminal.js';

interface Finding {
  readonly id: string;
  readonly state: 'ok' | 'warning' | 'failure' | 'skipped';
  readonly detail: string;
  readonly advice: string | null;
  readonly runbook: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

interface Report {
  readonly code: number | null;
  readonly healthy: boolean;
  readonly summary: Readonly<Record<Finding['state'], number>>;
  readonly checks: readonly Finding[];
}

const CHECKS = [
  ...['config', 'database.connection', 'database.tls', 'database.server', 'database.defaults', 'database.rights', 'database.pooler'],
  ...[
    'database.clock',
    'database.migrations',
    'database.search',
    'worker.lease',
    'worker.loops',
    'processes',
    'dlq',
    'outbox.age',
    'outbox.pauses',
    'database.connections',
  ],
];
const URL_CHECKS = ['url.ready', 'url.tls', 'url.headers', 'url.version', 'url.stream'];

async function doctor(url: string | undefined, args: readonly string[] = [], surroundings: CliSurroundings = {}): Promise<Report> {
  return runCliJson<Report>(url, ['doctor', ...args], surroundings);
}

function found({ checks }: Report, id: string): Finding {
  const check = checks.find((candidate) => candidate.id === id);
  if (check === undefined) throw new Error(`There is no check ${id}.`);
  return check;
}

const notWell = ({ checks }: Report): readonly string[] =>
  checks.filter(({ state }) => state !== 'ok').map(({ id, state }) => `${id} ${state}`);

describe('zakops doctor beside a running system', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    // The server of the tests is fast rather than safe.
    await database.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET synchronous_commit = on`);
    [api, worker] = await Promise.all([spawnApi(database.url, { SSE_HEARTBEAT_INTERVAL: '0.5' }), spawnWorker(database.url)]);
  });

  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await database.drop();
  });

  it('finds everything well, and measures the stream', async () => {
    const report = await doctor(database.url, ['--url', api.url, '--strict']);
    // Inside of the network there is nothing to encrypt.
    expect(notWell(report)).toEqual(['url.tls skipped']);
    expect([report.code, report.healthy, report.checks.map(({ id }) => id)]).toEqual([0, true, [...CHECKS, ...URL_CHECKS]]);
    expect(found(report, 'database.pooler').figures).toEqual({ mode: 'none', notices: true, prepared_statements: true });
    expect(found(report, 'processes').detail).toBe('Alive: 1 api, 1 outbox-worker.');
    const { figures } = found(report, 'url.stream');
    expect(figures).toMatchObject({ status: 200, heartbeat_interval_ms: 500 });
    for (const gap of figures['heartbeat_gaps_ms'] as number[]) expect(Math.abs(gap - 500)).toBeLessThan(300);
  });

  it('names a page and a heading that are there for every check', async () => {
    const headingsOf = async (page: string): Promise<readonly string[]> =>
      [...(await readFile(page, 'utf8')).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
    const { checks } = await doctor(database.url, ['--url', 'http://127.0.0.1:1']);
    for (const { runbook: link } of checks) {
      const [page = '', heading] = link.split('#');
      expect(await headingsOf(page)).toContain(heading);
    }
  });

  it.each([
    [500, 'ok', 0],
    [-10_000, 'warning', 0],
    [90_000, 'failure', 2],
  ])('says how far this clock is from that of the database: %i ms', async (shift, state, code) => {
    // The clock of a real process, set wrong before anything else runs in it.
    const wrong = encodeURIComponent(`const now = Date.now; Date.now = () => now() + (${String(shift)});`);
    const report = await doctor(database.url, [], { env: { NODE_OPTIONS: `--import=data:text/javascript,${wrong}` } });
    const clock = found(report, 'database.clock');
    expect([clock.state, report.code]).toEqual([state, code]);
    expect(Math.abs(Number(clock.figures['offset_ms']) - shift)).toBeLessThan(200);
    expect(clock.detail).toContain(shift < 0 ? 'behind' : 'ahead of');
  });

  it('counts the connections of as many processes as are planned', async () => {
    // The test server lets 297 in besides superusers.
    const fits = found(await doctor(database.url, ['--apis', '11', '--workers', '1']), 'database.connections');
    expect(fits).toMatchObject({ state: 'ok', figures: { needed: 263, available: 297 } });
    const tight = await doctor(database.url, ['--apis', '12', '--workers', '1', '--strict']);
    expect(found(tight, 'database.connections')).toMatchObject({ state: 'warning', figures: { needed: 285 } });
    expect(tight.code).toBe(1);
    const over = await doctor(database.url, ['--apis', '5', '--workers', '2'], { env: { DATABASE_POOL_SIZE: '100' } });
    expect(found(over, 'database.connections')).toMatchObject({ state: 'failure', figures: { needed: 712 } });
    expect(over.code).toBe(2);
  });

  it('sees dead letters and processes of another version, and says what to do', async () => {
    const ids = await writeDeadLetters(database, { count: 3, consumer: 'mailer', failedAgo: '2 hours' });
    const report = await doctor(database.url, ['--url', api.url, '--stream-seconds', '1'], { env: { APP_VERSION: '9.9.9' } });
    await runCli(database.url, ['dlq', 'purge', ...ids.flatMap((id) => ['--id', id]), '--yes']);
    expect(notWell(report)).toEqual(['processes warning', 'dlq warning', 'outbox.age warning', 'url.tls skipped', 'url.version warning']);
    expect(report.code).toBe(0);
    expect(found(report, 'dlq').detail).toMatch(/^3 dead letters \(mailer 3\), the oldest of \d{4}-/);
    expect(found(report, 'dlq').advice).toBe('See zakops dlq list; mend the cause, then zakops dlq retry.');
    expect(found(report, 'url.version').detail).toBe(`What answers is ${PACKAGE_VERSION} (unknown), this command is 9.9.9 (unknown).`);
  });

  it('warns of names that mean nothing, and of a role that could change the schema', async () => {
    const report = await doctor(database.ownerUrl, [], { env: { OUTBOX_WAKEE: '60', ZAKOPS_COLOUR: 'blue' } });
    expect(notWell(report)).toEqual(['config warning', 'database.rights warning']);
    expect(found(report, 'config').detail).toBe(
      'OUTBOX_WAKEE is set, but is no setting of ZakOps. Did you mean OUTBOX_WAKE? ZAKOPS_COLOUR is set, but is no setting of ZakOps.',
    );
    expect(found(report, 'database.rights').detail).toMatch(/^The role \w+ is a superuser: no grant limits it\.$/);
  });

  it('draws a table with what to do and where to read on', async () => {
    const { screen, ended } = runOnTerminal(database.url, ['doctor', '--apis', '100', '--workers', '1']);
    expect(await ended).toBe(2);
    expect(screen()).toContain('\u001B[31mfailure\u001B[0m');
    expect(screen()).toContain('-> docs/deployment-runbook.md#scaling');
    expect(screen()).toContain('1 failures, 0 warnings, 0 skipped, 16 ok\n');
    // From nothing, of a known number, and without a time before something is known.
    expect(screen()).toMatch(/checking \[\.{40}\] 0\/\d+(?!\d|,)/);
    expect(screen()).toMatch(/checking \[#{3,}\.*\] /);
    expect(screen()).not.toMatch(/NaN|INF|NULL|Infinity/);
  });
});

describe('zakops doctor where something is wrong', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  it('says that migrations are pending, and does not judge what it cannot read', async () => {
    await database.query(`DELETE FROM zakops.migrations WHERE name = 'CallLimits0000000000008'`);
    const report = await doctor(database.url);
    expect(report.code).toBe(2);
    expect(found(report, 'database.migrations')).toMatchObject({
      state: 'failure',
      advice: 'Run zakops migrate; --dry-run shows what it would do.',
      figures: { pending: ['CallLimits0000000000008'] },
    });
    for (const id of ['worker.lease', 'processes', 'dlq', 'outbox.age']) expect(found(report, id).state).toBe('skipped');
  });

  it('looks at a database without our schema', async () => {
    const empty = await createTestDatabase({ empty: true });
    try {
      const report = await doctor(empty.url);
      expect(found(report, 'database.rights')).toMatchObject({ state: 'skipped', advice: 'Run zakops migrate.' });
      expect(found(report, 'database.migrations').state).toBe('failure');
    } finally {
      await empty.drop();
    }
  });

  it('says that nobody delivers, and how late it is', async () => {
    await writeDeadLetters(database, { count: 2 });
    await database.query(`UPDATE zakops.outbox_tickets SET status = 'pending', due_at = now() - interval '5 minutes'`);
    const report = await doctor(database.url);
    expect(found(report, 'worker.lease')).toMatchObject({ state: 'failure', detail: 'No worker was ever active.' });
    expect(found(report, 'outbox.age')).toMatchObject({ state: 'warning', figures: { live: 2 } });
    expect(found(report, 'outbox.age').detail).toMatch(
      /^No worker is active: 2 tickets waiting, the oldest due for 5 min\. 2 deliveries to mailer fail since /,
    );
    await database.query(`UPDATE zakops.outbox_tickets SET due_at = now() - interval '20 minutes'`);
    expect(found(await doctor(database.url), 'outbox.age').state).toBe('failure');
  });

  it('sees a killed worker by its silence', async () => {
    const worker = await spawnWorker(database.url);
    await worker.stop('SIGKILL');
    await database.query(`UPDATE zakops.worker_leases SET expires_at = now(), heartbeat_at = now() - interval '1 minute'`);
    await database.query(`UPDATE zakops.processes SET beat_at = now() - interval '1 minute'`);
    const api = await spawnApi(database.url);
    try {
      const report = await doctor(database.url);
      expect(found(report, 'worker.lease').detail).toMatch(/^No worker is active: \S+ was, until \d{4}-/);
      expect(found(report, 'processes').detail).toMatch(/^Alive: 1 api, 0 outbox-worker\. Silent without having stopped in order: \S+\.$/);
    } finally {
      await api.stop();
    }
  });

  it('sees an index that a killed build has left, until zakops migrate builds it anew', async () => {
    await database.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'zakops.search_words_similar_idx'::regclass`);
    const lacking = { state: 'warning', detail: 'Search lacks its index for pg_trgm.', advice: 'Run zakops migrate.' };
    expect(found(await doctor(database.url), 'database.search')).toMatchObject(lacking);
    expect((await runCli(database.ownerUrl, ['migrate'])).out).toContain('search forgives typing errors now\n');
    expect(found(await doctor(database.url), 'database.search').state).toBe('ok');
  });

  it('names the rights that are missing', async () => {
    const role = new URL(database.url).username;
    await database.query(`REVOKE INSERT ON zakops.deals, zakops.events FROM ${role}`);
    const report = await doctor(database.url);
    expect(found(report, 'database.rights')).toMatchObject({
      state: 'failure',
      detail: `The role ${role} lacks rights: INSERT on deals, INSERT on events.`,
      advice: `Run zakops roles grant --role ${role}, as the owner of the schema.`,
    });
  });

  it('says that a server takes no writes', async () => {
    await database.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET default_transaction_read_only = on`);
    expect(found(await doctor(database.url), 'database.server')).toMatchObject({ state: 'failure', figures: { read_only: true } });
  });

  it('names unusual defaults, and what one that it cannot set itself does', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`ALTER DATABASE ${name} SET synchronous_commit = on`);
    await database.query(`ALTER DATABASE ${name} SET DateStyle = 'German, DMY'`);
    expect(found(await doctor(database.url), 'database.defaults')).toMatchObject({
      state: 'ok',
      detail: 'Unusual, but set anew by every session of ours: DateStyle is German, DMY.',
      figures: { unusual: { DateStyle: 'German, DMY' } },
    });
    await database.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    const { state, detail } = found(await doctor(database.url), 'database.defaults');
    expect(state).toBe('warning');
    expect(detail).toMatch(
      /^synchronous_commit is off: a crash of the server loses answered changes\. Unusual, .* DateStyle is German, DMY\.$/,
    );
  });

  it('says why it cannot connect, goes on with what needs no database, and gives no secret away', async () => {
    const env = { SESSION_SECRET: 'a-secret-that-is-far-too-short', APP_ENV: 'production', ZAKOPS_API_KEY: 'zk_planted' };
    const { code, out, error } = await runCli(
      'postgresql://ann:hidden%2Dword@127.0.0.1:1/none',
      ['doctor', '--url', 'http://127.0.0.1:1'],
      { env },
    );
    const report = { ...(JSON.parse(out) as Report), code };
    expect(code).toBe(2);
    expect(found(report, 'config').detail).toContain('AUTH_REQUIRED must be true when APP_ENV is production.');
    expect(found(report, 'database.connection').detail).toBe('The database cannot be reached: connect ECONNREFUSED 127.0.0.1:1.');
    expect(found(report, 'url.ready').detail).toContain('connect ECONNREFUSED 127.0.0.1:1');
    for (const id of ['database.clock', 'dlq', 'url.stream']) expect(found(report, id).state).toBe('skipped');
    for (const secret of ['hidden', 'far-too-short', 'planted']) expect(out + error).not.toContain(secret);
  });

  it('does its work without a readable DATABASE_URL too', async () => {
    const report = await doctor(undefined);
    expect([report.code, found(report, 'config').state, found(report, 'database.connection').state]).toEqual([2, 'failure', 'skipped']);
  });

  it.each([
    [['--url', 'ftp://x'], 'It must begin with https:// or http://.'],
    [['--url', 'https://ann:word@x'], 'It must not hold a password.'],
    [['--apis', 'many'], 'It must be a whole number from 0 to 9999.'],
  ])('refuses %j', async (args, words) => {
    const { code, out, error } = await runCli(database.url, ['doctor', ...args]);
    expect([code, out, error.trimEnd().split('\n').length]).toEqual([1, '', 1]);
    expect(error).toContain(words);
  });
});

describe('zakops doctor and the encryption of the database', () => {
  it('tells verified from merely encrypted', async () => {
    const server = await startTlsServer();
    try {
      const tls = async (parameters: Readonly<Record<string, string>>): Promise<Finding> =>
        found(await doctor(server.urlWith(parameters), ['--apis', '1', '--workers', '1']), 'database.tls');
      // The certificate of a test lives for a day.
      expect(await tls({ sslmode: 'verify-full', sslrootcert: server.caFile })).toMatchObject({
        state: 'warning',
        detail: expect.stringMatching(/^Encrypted by TLSv1\.3 and verified, but the certificate ends in 0 days\.$/) as string,
      });
      expect(await tls({ sslmode: 'require' })).toMatchObject({
        state: 'warning',
        detail: expect.stringContaining('the certificate is not verified (sslmode require)') as string,
      });
      expect(await tls({})).toMatchObject({ state: 'ok', detail: 'Not encrypted, and it need not be: the database is on this machine.' });
    } finally {
      await server.stop();
    }
  });
});
