import { OutboxConfig } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';

const IDLE_CHECK_MS = 50;

/**
 * Lets running requests finish when the process stops, and then lets go of their connections.
 *
 * @remarks A stopping server takes no new connection but waits for the old ones, which clients keep open between requests. Idle ones
 * are closed as they become idle; what is still busy after `SHUTDOWN_TIMEOUT` is cut off.
 */
@Injectable()
export class ConnectionDrain implements BeforeApplicationShutdown, OnApplicationShutdown {
  #closingIdle: NodeJS.Timeout | undefined;
  #cuttingOff: NodeJS.Timeout | undefined;

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly config: OutboxConfig,
  ) {}

  beforeApplicationShutdown(): void {
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    this.#closingIdle = setInterval(() => {
      server.closeIdleConnections();
    }, IDLE_CHECK_MS);
    this.#cuttingOff = setTimeout(() => {
      server.closeAllConnections();
    }, this.config.shutdownTimeoutMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#closingIdle);
    clearTimeout(this.#cuttingOff);
  }
}
