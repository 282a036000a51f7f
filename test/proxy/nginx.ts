import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, installPrograms, waitFor } from '#zakops/testing';

const PROGRAM = '/usr/sbin/nginx';

/** A reverse proxy before an address. */
export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** How an nginx differs from what most people have. */
export interface NginxOptions {
  /** More directives for the location, each with its semicolon. */
  readonly directives?: string;
  /** Files of a certificate and its key: then it speaks TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Installs nginx if it is missing (as root, by apt), and starts one as most people have it: buffering and gzip on, 60 s read limit. */
export async function startNginx(upstreamUrl: string, { directives = '', tls }: NginxOptions = {}): Promise<Nginx> {
  await installPrograms({ [PROGRAM]: 'nginx-light' });
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'zakops-nginx-'));
  const config = join(folder, 'nginx.conf');
  await writeFile(
    config,
    `daemon off;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  gzip on; gzip_types text/plain text/css application/json application/javascript text/xml; gzip_min_length 1; gzip_proxied any;
  server {
    listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl'};
    ${tls === undefined ? '' : `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};`}
    location / { proxy_pass ${upstreamUrl}; ${directives} }
  }
}
`,
  );
  const child = spawn(PROGRAM, ['-c', config, '-p', folder], { stdio: 'ignore' });
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  await waitFor('nginx to listen', async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } finally {
      socket.destroy();
    }
  });
  return {
    url,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
