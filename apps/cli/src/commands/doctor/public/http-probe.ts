import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
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

/**
 * Sends a GET on a connection of its own, because a kept connection would hide what a new client meets.
 *
 * @returns the answer, whose body is still to be read
 * @throws Error of the network or of TLS, or when `signal` is aborted
 */
export async function openResponse(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = open(url, { agent: false, signal, headers: { ...headers, 'user-agent': 'zakops-doctor' } });
  // What fails after the head is an error of the response too.
  request.on('error', () => undefined);
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  request.end();
  const [response] = await answered;
  return response.setEncoding('utf8');
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
export async function probe(url: URL, headers: Readonly<Record<string, string>> = {}): Promise<ProbeAnswer> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  try {
    const response = await openResponse(url, headers, limit);
    const { statusCode = 0, headers: answered, socket } = response;
    const tls =
      socket instanceof TLSSocket ? { protocol: socket.getProtocol() ?? 'TLS', validTo: socket.getPeerCertificate().valid_to } : undefined;
    let body = '';
    for await (const text of response as AsyncIterable<string>) {
      body += text;
      if (body.length > MOST_BYTES) throw new Error('The answer is far larger than any of ZakOps.');
    }
    return { status: statusCode, headers: answered, body, tls };
  } catch (error) {
    throw limit.aborted ? new Error(`No answer within ${String(LIMIT_MS / 1_000)} s.`, { cause: error }) : error;
  }
}
