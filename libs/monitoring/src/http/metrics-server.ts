import { isLoopback, OwnHosts, parseAuthority } from '#zakops/http';
import { EXPOSITION_TYPE, writeExposition } from '#zakops/metrics';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { MonitoringConfig } from '../monitoring.config.js';
import { Scrape } from '../scrape/scrape.js';

const REQUEST_LIMIT_MS = 10_000;
const MOST_HEADERS_BYTES = 8_192;

/** The port of `METRICS_PORT`: answers `GET /metrics` without a login, and nothing else. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(MetricsServer.name);
  readonly #hosts: OwnHosts;
  #server: Server | undefined;

  constructor(
    private readonly config: MonitoringConfig,
    private readonly scrape: Scrape,
  ) {
    this.#hosts = new OwnHosts(config.host, []);
  }

  /** @throws Error when the port cannot be opened: a process that cannot be watched as configured must not start */
  async onApplicationBootstrap(): Promise<void> {
    const { port, host } = this.config;
    if (port === undefined) return;
    const server = createServer({ requestTimeout: REQUEST_LIMIT_MS, maxHeaderSize: MOST_HEADERS_BYTES }, (request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        this.#logger.error({ err: error }, 'The metrics could not be written.');
        response.destroy();
      });
    });
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw new Error(`METRICS_PORT ${String(port)} cannot be opened on ${host}.`, { cause: error });
    }
    this.#server = server;
    this.#logger.log(`Metrics on http://${isIPv6(host) ? `[${host}]` : host}:${String(port)}/metrics`);
  }

  /** In the last phase, so that Prometheus can watch a process while it stops. */
  onApplicationShutdown(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  /** On loopback only names of this machine are answered: a foreign web page could point its own name here. Elsewhere the network decides. */
  private isForUs({ headers, socket }: IncomingMessage): boolean {
    if (!isLoopback(this.config.host)) return true;
    const authority = parseAuthority(headers.host ?? 'localhost');
    return authority !== undefined && this.#hosts.has(authority, socket.localAddress);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = /^[^?#]*/.exec(request.url ?? '')?.[0];
    if (!this.isForUs(request)) {
      end(response, 421, 'This is not a name of this machine.\n');
    } else if (path !== '/metrics') {
      end(response, 404, 'Only /metrics is here.\n');
    } else if (request.method === 'GET' || request.method === 'HEAD') {
      end(response, 200, await writeExposition(await this.scrape.families()), EXPOSITION_TYPE);
    } else {
      response.setHeader('Allow', 'GET, HEAD');
      end(response, 405, 'Metrics are only read.\n');
    }
  }
}

function end(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  response.end(text);
}
