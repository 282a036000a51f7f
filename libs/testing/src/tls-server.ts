import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { waitFor } from './wait-for.js';

const run = promisify(execFile);

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
  /** From now on the server shows a certificate for these names, in the form of openssl: `DNS:db.internal,IP:127.0.0.1`. */
  present(names: string): Promise<void>;
  stopTls(): Promise<void>;
  /** Lets only encrypted connections in. */
  refusePlain(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server whose certificate is for 127.0.0.1; needs `openssl`. */
export async function startTlsServer(): Promise<TlsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'zakops-tls-'));
  // The data belongs to another account, which cannot see a folder that only we may enter.
  const certificates = await mkdtemp(join(tmpdir(), 'zakops-tls-ca-'));
  const server = await EmbeddedPostgres.start({ dataDir: folder, settings: { fsync: 'off' } });
  const cluster = join(server.dataDir, 'cluster');
  const [ca, other] = await Promise.all([makeCa(certificates, 'ca'), makeCa(certificates, 'other-ca')]);
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
  let serial = 0;
  const present = async (names: string): Promise<void> => {
    serial += 1;
    const name = `server-${String(serial)}`;
    await sign(certificates, name, ca, names);
    const { uid, gid } = await stat(cluster);
    for (const kind of ['crt', 'key']) {
      const path = join(cluster, `${name}.${kind}`);
      await copyFile(join(certificates, `${name}.${kind}`), path);
      await chown(path, uid, gid);
      await chmod(path, 0o600);
    }
    await set(
      `ALTER SYSTEM SET ssl_cert_file = '${name}.crt'`,
      `ALTER SYSTEM SET ssl_key_file = '${name}.key'`,
      'ALTER SYSTEM SET ssl = on',
    );
    await shows('ssl_cert_file', `${name}.crt`);
  };
  await present('IP:127.0.0.1');
  return {
    url: server.url,
    caFile: ca.certificate,
    otherCaFile: other.certificate,
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

interface Ca {
  readonly certificate: string;
  readonly key: string;
}

async function makeCa(folder: string, name: string): Promise<Ca> {
  const ca = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const subject = ['-subj', `/CN=${name}`, '-days', '2'];
  const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'];
  await run('openssl', ['req', '-x509', ...newKey(ca.key), '-out', ca.certificate, ...subject, ...extensions]);
  return ca;
}

async function sign(folder: string, name: string, ca: Ca, names: string): Promise<void> {
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  await writeFile(extensions, `subjectAltName=${names}\n`);
  await run('openssl', ['req', '-new', ...newKey(join(folder, `${name}.key`)), '-out', request, '-subj', '/CN=server']);
  const issuer = ['-CA', ca.certificate, '-CAkey', ca.key, '-CAcreateserial'];
  await run('openssl', [
    'x509',
    '-req',
    '-in',
    request,
    ...issuer,
    '-days',
    '2',
    '-extfile',
    extensions,
    '-out',
    join(folder, `${name}.crt`),
  ]);
}

function newKey(path: string): readonly string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path];
}
