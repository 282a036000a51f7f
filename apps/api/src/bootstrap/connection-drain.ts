import { RuntimeConfig } from '#zakops/config';
import { Draining } from '#zakops/health';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const IDLE_CHECK_MS = 50;
// The part of SHUTDOWN_TIMEOUT for closing the pool and the connections for notices, after the last request.
const RESERVE = 0.2;
const MAX_RESERVE_MS = 2_000;

/**
 * Ends the connections of clients and balancers in order, after their running requests.
 *
 * @remarks A stopping server takes no new connection but waits for the old ones, which clients keep open between requests. While the
 * balancers are still learning that it stops, each connection ends with its next answer and none is closed under a request that may be on
 * its way; afterwards idle ones are closed as they become idle. What is still busy near the end of `SHUTDOWN_TIMEOUT` is cut off.
 */
@Injectable()
export class ConnectionDrain implements BeforeApplicationShutdown, OnApplicationShutdown {
  #closingIdle: NodeJS.Timeout | undefined;
  #cuttingOff: NodeJS.Timeout | undefined;

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly draining: Draining,
    private readonly config: RuntimeConfig,
  ) {}

  /** Makes the process unready and closes each connection after its next answer; requests are served as before. */
  begin(): void {
    if (this.draining.begun) return;
    this.draining.begin();
    // Added only now: requests of a process that does not stop pay nothing for it.
    this.server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      response.shouldKeepAlive = false;
    });
  }

  beforeApplicationShutdown(): void {
    const { server } = this;
    this.#closingIdle = setInterval(() => {
      server.closeIdleConnections();
    }, IDLE_CHECK_MS);
    const { shutdownTimeoutMs } = this.config;
    const leftMs = shutdownTimeoutMs - Math.min(shutdownTimeoutMs * RESERVE, MAX_RESERVE_MS) - this.draining.forMs;
    this.#cuttingOff = setTimeout(
      () => {
        server.closeAllConnections();
      },
      Math.max(0, leftMs),
    );
  }

  onApplicationShutdown(): void {
    clearInterval(this.#closingIdle);
    clearTimeout(this.#cuttingOff);
  }

  private get server(): Server {
    return this.adapter.httpAdapter.getHttpServer() as Server;
  }
}
