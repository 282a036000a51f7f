import { Logger } from '@nestjs/common';
import type { Server } from 'node:http';
import type { HttpConfig } from '../http.config.js';

const MAX_HEADER_BYTES = 16_384;
const CHECKS_PER_TIMEOUT = 4;
const MAX_CHECK_INTERVAL_MS = 1_000;
// Reading the body has a limit of its own, which answers; this one only lets go of what that one cannot reach.
const AFTER_BODY_MS = 5_000;
const DROP_LOG_PAUSE_MS = 60_000;

/** What Node reads when it starts to listen, and takes as an option of `createServer` only, which is Nest's to call. */
interface LateOptions {
  connectionsCheckingInterval: number;
  maxHeaderSize: number;
}

/** Bounds what a client can hold on to by being slow or large. Streams are not concerned: their requests have arrived. */
export function limitRequests(server: Server, config: HttpConfig): void {
  const late = server as Server & LateOptions;
  server.headersTimeout = config.headersTimeoutMs;
  server.requestTimeout = config.headersTimeoutMs + config.bodyTimeoutMs + AFTER_BODY_MS;
  late.connectionsCheckingInterval = Math.min(MAX_CHECK_INTERVAL_MS, config.headersTimeoutMs / CHECKS_PER_TIMEOUT);
  late.maxHeaderSize = MAX_HEADER_BYTES;
  // Node would drop the headers beyond a limit without a word, and those of a proxy are the last ones: see callContext instead.
  server.maxHeadersCount = 0;
  server.maxRequestsPerSocket = 0;
  server.maxConnections = config.maxConnections;
  reportDrops(server);
}

/** Logs that connections are closed, because their clients get no answer; once a minute, because there may be thousands. */
function reportDrops(server: Server): void {
  const logger = new Logger('Connections');
  let quietUntil = 0;
  server.on('drop', () => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + DROP_LOG_PAUSE_MS;
    logger.warn(
      { max_connections: server.maxConnections },
      'There are as many connections as HTTP_MAX_CONNECTIONS allows; further ones are closed.',
    );
  });
}
