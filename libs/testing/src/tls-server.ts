import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { chown, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { makeAuthority, makeServerCertificate } from './make-certificate.js';
import { makeFolder } from './make-folder.js';
import { waitFor } from './wait-for.js';

/** A PostgreSQL server that speaks TLS, with a CA of its own. */
export interface TlsServer {
  /** Without any sslmode; the server also takes unencrypted connections until {@link refusePlain}. */
  readonly url: string;
  /** The CA that signs the server's certificates. */
  readonly caFile: string;
  /** A CA that has nothing to do with it. */
  readonly otherCaFile: string;
  /** The connection string with these parameters. */
  urlWith(parameters: Readonly<Record<string, string>>): string;
  /** From now on the server shows a certificate for this name. */
  present(names: { readonly dns?: string; readonly ipv4?: string }): Promise<void>;
  stopTls(): Promise<void>;
  /** Lets only encrypted connections in. */
  refusePlain(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server whose certificate is for 127.0.0.1. */
export async function startTlsServer(): Promise<TlsServer> {
  const folder = makeFolder('zakops-tls-');
  // The data belongs to another account, which cannot see a folder that only we may enter.
  const certificates = makeFolder('zakops-tls-ca-');
  const server = await EmbeddedPostgres.start({ dataDir: folder, settings: { fsync: 'off' } });
  const cluster = join(server.dataDir, 'cluster');
  const authority = await makeAuthority('ca of a test');
  const caFile = join(certificates, 'ca.crt');
  const otherCaFile = join(certificates, 'other-ca.crt');
  await writeFile(caFile, authority.certificate);
  await writeFile(otherCaFile, (await makeAuthority('another ca')).certificate);
  const admin = new pg.Client({ connectionString: server.url, application_name: 'test-server' });
  await admin.connect();

  const set = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await admin.query(statement);
    await admin.query('SELECT pg_reload_conf()');
  };
  const shows = (setting: string, value: string): Promise<unknown> =>
    waitFor(`${setting} = ${value}`, async () => {
      const probe = new pg.Client({ connectionString: server.url });
      await probe.connect();
      const { rows } = await probe.query<{ value: string }>('SELECT current_setting($1) AS value', [setting]);
      await probe.end();
      return rows[0]?.value === value;
    });
  let presented = 0;
  const present: TlsServer['present'] = async (names) => {
    presented += 1;
    const name = `server-${String(presented)}`;
    const { certificate, key } = await makeServerCertificate(authority, names);
    const { uid, gid } = await stat(cluster);
    for (const [kind, content] of [
      ['crt', certificate],
      ['key', key],
    ] as const) {
      const path = join(cluster, `${name}.${kind}`);
      await writeFile(path, content, { mode: 0o600 });
      await chown(path, uid, gid);
    }
    await set(
      `ALTER SYSTEM SET ssl_cert_file = '${name}.crt'`,
      `ALTER SYSTEM SET ssl_key_file = '${name}.key'`,
      'ALTER SYSTEM SET ssl = on',
    );
    await shows('ssl_cert_file', `${name}.crt`);
  };
  await present({ ipv4: '127.0.0.1' });
  return {
    url: server.url,
    caFile,
    otherCaFile,
    urlWith: (parameters) => {
      const url = new URL(server.url);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },
    present,
    stopTls: async () => {
      await set('ALTER SYSTEM SET ssl = off');
      await shows('ssl', 'off');
    },
    refusePlain: async () => {
      await writeFile(join(cluster, 'pg_hba.conf'), 'hostssl all all all scram-sha-256\n');
      await set();
      await waitFor('plain connections to be refused', async () => {
        const probe = new pg.Client({ connectionString: server.url });
        return probe.connect().then(
          () => probe.end().then(() => false),
          () => true,
        );
      });
    },
    stop: async () => {
      await admin.end().catch(() => undefined);
      await server.stop();
      await Promise.all([folder, certificates].map((path) => rm(path, { recursive: true, force: true })));
    },
  };
}
