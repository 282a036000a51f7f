import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AttackRequest } from './request-generator.js';

/** One answer; of an event stream only its head. */
export interface FastAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends very many requests over few connections. */
export class FastClient {
  readonly #agent: Agent;

  constructor(
    private readonly port: number,
    connections: number,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends one request; an answer that does not come within 20 s is an error. */
  send({ method, path, headers, body }: AttackRequest, extra: Readonly<Record<string, string>> = {}): Promise<FastAnswer> {
    return new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(body);
      const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) };
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.port,
          agent: this.#agent,
          method,
          path,
          headers: { ...extra, ...headers, ...length },
          timeout: 20_000,
        },
        (response) => {
          const { statusCode: status = 0, headers: received } = response;
          if (received['content-type']?.startsWith('text/event-stream') === true) {
            resolve({ status, headers: received, text: '' });
            response.destroy();
            return;
          }
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            resolve({ status, headers: received, text: Buffer.concat(chunks).toString() });
          });
          response.on('close', () => {
            if (!response.complete) reject(new Error(`the answer to ${method} ${path} broke off`));
          });
          response.on('error', reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
      sent.on('error', reject);
      sent.end(bytes);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
