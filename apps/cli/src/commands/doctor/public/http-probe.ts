import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';

/** An answer, as it came through whatever is in between. */
export interface ProbeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Undefined without TLS. */
  readonly tls: { readonly protocol: string; readonly validTo: string } | undefined;
}

const LIMIT_MS = 10_000;
const MOST_BYTES = 1_048_576;

/** Opens a request on a connection of its own: one that is kept would hide what a new client meets. */
export function openRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  answer: (response: IncomingMessage) => void,
): ClientRequest {
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return open(url, { agent: false, headers: { ...headers, 'user-agent': 'zakops-doctor' } }, answer).end();
}

/** An address below a base, which may have a path of its own; a query of the base does not count. */
export function below(base: URL, path: string): URL {
  const folder = new URL(base);
  folder.search = '';
  folder.hash = '';
  if (!base.pathname.endsWith('/')) folder.pathname = `${base.pathname}/`;
  return new URL(path, folder);
}

/**
 * Gets a small answer.
 *
 * @throws Error of the network or of TLS, or when there is no answer within ten seconds
 */
export function probe(url: URL, headers: Readonly<Record<string, string>> = {}): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const request = openRequest(url, headers, (response) => {
      let body = '';
      const { socket } = response;
      const tls =
        socket instanceof TLSSocket
          ? { protocol: socket.getProtocol() ?? 'TLS', validTo: socket.getPeerCertificate().valid_to }
          : undefined;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > MOST_BYTES) request.destroy(new Error('The answer is far larger than any of ZakOps.'));
      });
      response.on('end', () => {
        clearTimeout(limit);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, tls });
      });
      response.on('error', reject);
    });
    const limit = setTimeout(() => request.destroy(new Error(`No answer within ${String(LIMIT_MS / 1_000)} s.`)), LIMIT_MS);
    request.on('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
  });
}
