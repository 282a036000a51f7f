import { createTestDatabase, spawnApi, spawnWorker } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCliJson } from '../../apps/cli/test/run-cli.js';
import { makeAuthority, makeServerCertificate } from '../../libs/testing/src/make-certificate.js';
import { startNginx } from './nginx.js';
import type { NginxOptions } from './nginx.js';

interface Finding {
  readonly id: string;
  readonly state: string;
  readonly detail: string;
  readonly advice: string | null;
  readonly figures: Readonly<Record<string, unknown>>;
}

// More than a jitter of a busy machine, less than anybody wants to wait for.
const HEARTBEAT_SECONDS = 2;

describe('zakops doctor --url behind nginx', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;
  let folder: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = { SSE_HEARTBEAT_INTERVAL: String(HEARTBEAT_SECONDS) };
    [api, worker] = await Promise.all([spawnApi(database.url, env), spawnWorker(database.url)]);
    folder = await mkdtemp(join(tmpdir(), 'zakops-doctor-'));
  }, 180_000);

  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function doctorBehind(options: NginxOptions, env: Readonly<Record<string, string>> = {}): Promise<(id: string) => Finding> {
    const nginx = await startNginx(api.url, options);
    try {
      const { checks } = await runCliJson<{ checks: readonly Finding[] }>(database.url, ['doctor', '--url', nginx.url], { env });
      return (id) => {
        const check = checks.find((candidate) => candidate.id === `url.${id}`);
        if (check === undefined) throw new Error(`There is no check ${id}.`);
        return check;
      };
    } finally {
      await nginx.stop();
    }
  }

  it('finds a stream well whose answer has switched the buffering off', async () => {
    const found = await doctorBehind({});
    expect(found('stream')).toMatchObject({ state: 'ok', figures: { status: 200, heartbeat_interval_ms: HEARTBEAT_SECONDS * 1_000 } });
    expect(found('stream').figures['heartbeat_gaps_ms']).toHaveLength(2);
    expect(found('headers')).toMatchObject({ state: 'warning', advice: 'Switch that off (nginx: server_tokens off).' });
  });

  it('finds the buffering of a proxy that does not listen to the answer', async () => {
    const found = await doctorBehind({ directives: 'proxy_ignore_headers X-Accel-Buffering; proxy_buffering on;' });
    expect(found('ready').state).toBe('ok');
    expect(found('stream')).toMatchObject({
      state: 'failure',
      detail: expect.stringMatching(/^Nothing of the stream arrived within 5(\.\d)? s: a proxy holds it back\.$/) as string,
      advice: expect.stringContaining('proxy_buffering off') as string,
    });
  });

  it('finds a proxy that is less patient than the heartbeats', async () => {
    const found = await doctorBehind({ directives: 'proxy_read_timeout 1s;' });
    expect(found('stream')).toMatchObject({
      state: 'failure',
      detail: expect.stringMatching(/^The stream was cut off after 1(\.\d)? s\.$/) as string,
      advice: 'Raise the read limit of the proxy above SSE_HEARTBEAT_INTERVAL.',
    });
  });

  it('finds headers that the proxy takes away', async () => {
    const found = await doctorBehind({ directives: 'proxy_hide_header X-Frame-Options; proxy_hide_header Content-Security-Policy;' });
    expect(found('headers')).toMatchObject({ state: 'warning', figures: { missing: ['content-security-policy', 'x-frame-options'] } });
  });

  it('trusts no certificate that a client would not trust, and sees when one ends soon', async () => {
    const authority = await makeAuthority('ca of a test');
    const { certificate, key } = await makeServerCertificate(authority, { ipv4: '127.0.0.1' });
    const files = { ca: join(folder, 'ca.crt'), certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') };
    await Promise.all([writeFile(files.ca, authority.certificate), writeFile(files.certificate, certificate), writeFile(files.key, key)]);

    const strange = await doctorBehind({ tls: files });
    expect(strange('ready')).toMatchObject({ state: 'failure', advice: expect.stringContaining('not one that clients trust') as string });
    expect(strange('stream').state).toBe('skipped');

    const known = await doctorBehind({ tls: files }, { NODE_EXTRA_CA_CERTS: files.ca });
    expect(known('ready').state).toBe('ok');
    expect(known('tls')).toMatchObject({
      state: 'warning',
      detail: 'The certificate ends in 0 days.',
      figures: { protocol: expect.stringMatching(/^TLSv1\.[23]$/) as string },
    });
    expect(known('stream').state).toBe('ok');
  }, 60_000);
});
