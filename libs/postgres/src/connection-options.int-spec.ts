import { startTlsServer } from '#zakops/testing';
import type { TlsServer } from '#zakops/testing';
import pg from 'pg';
import { connectionOptions, createClient } from './connection-options.js';

let server: TlsServer;
beforeAll(async () => {
  server = await startTlsServer();
}, 60_000);
afterAll(() => server.stop());

/** What pg_stat_ssl says of a connection of its own, or why there is none. */
async function ssl(parameters: Readonly<Record<string, string>>): Promise<boolean | string> {
  const client = createClient(server.urlWith(parameters), { connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await encrypted(client);
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function encrypted(client: pg.Client | pg.Pool): Promise<boolean> {
  const { rows } = await client.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
  return rows[0]?.ssl === true;
}

describe(`${createClient.name}, server with a certificate for 127.0.0.1`, () => {
  beforeAll(() => server.present({ ipv4: '127.0.0.1' }));

  it.each([
    ['disable', false],
    ['require', true],
  ])('sslmode=%s asks for no certificate', async (sslmode, expected) => {
    expect(await ssl({ sslmode })).toBe(expected);
  });

  it.each(['require', 'verify-ca', 'verify-full'])('sslmode=%s takes a certificate of the named CA', async (sslmode) => {
    expect(await ssl({ sslmode, sslrootcert: server.caFile })).toBe(true);
  });

  it.each(['require', 'verify-ca', 'verify-full'])('sslmode=%s refuses a certificate of another CA', async (sslmode) => {
    expect(await ssl({ sslmode, sslrootcert: server.otherCaFile })).toMatch(/self-signed|unable to (?:verify|get)/);
  });

  it('sslmode=verify-full without a file trusts the well-known CAs only', async () => {
    expect(await ssl({ sslmode: 'verify-full' })).toMatch(/unable to (?:verify|get)/);
    expect(await ssl({ sslmode: 'verify-full', sslrootcert: 'system' })).toMatch(/unable to (?:verify|get)/);
  });

  it.each(['disable', 'require', 'verify-full'])('protects a pool in the same way: %s', async (sslmode) => {
    const pool = new pg.Pool({ ...connectionOptions(server.urlWith({ sslmode, sslrootcert: server.caFile })), max: 2 });
    try {
      expect(await Promise.all([encrypted(pool), encrypted(pool)])).toEqual(Array(2).fill(sslmode !== 'disable'));
    } finally {
      await pool.end();
    }
  });
});

describe(`${createClient.name}, server with a certificate for another host`, () => {
  beforeAll(() => server.present({ dns: 'db.internal' }));

  it('sslmode=verify-full refuses it', async () => {
    expect(await ssl({ sslmode: 'verify-full', sslrootcert: server.caFile })).toMatch(/does not match certificate's altnames/);
  });

  it.each(['require', 'verify-ca'])('sslmode=%s takes it', async (sslmode) => {
    expect(await ssl({ sslmode, sslrootcert: server.caFile })).toBe(true);
  });
});

describe(`${createClient.name}, server without TLS`, () => {
  beforeAll(() => server.stopTls());

  it('sslmode=disable connects in the clear', async () => {
    expect(await ssl({ sslmode: 'disable' })).toBe(false);
  });

  it.each(['require', 'verify-ca', 'verify-full'])('sslmode=%s refuses it', async (sslmode) => {
    expect(await ssl({ sslmode, sslrootcert: server.caFile })).toBe('The server does not support SSL connections');
  });
});
