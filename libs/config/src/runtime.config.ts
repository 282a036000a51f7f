import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { defineConfig } from './setting.js';
import { oneOf, secondsAsMs, text } from './setting-types.js';

/** Settings that belong to no lib: where this runs, and which build it is. */
export class RuntimeConfig extends defineConfig('Runtime', {
  appEnv: {
    env: 'APP_ENV',
    schema: oneOf(['development', 'test', 'staging', 'production']),
    default: 'development',
    form: 'development, test, staging or production',
    description: 'Where this runs. `production` refuses to start with settings that are fit for a laptop only.',
    example: 'production',
  },
  version: {
    env: 'APP_VERSION',
    schema: text(1, 100),
    default: 'dev',
    form: 'text',
    description: 'The released version, answered by `GET /api/version`.',
    example: '1.0.0',
  },
  commit: {
    env: 'GIT_COMMIT',
    schema: text(1, 100),
    default: 'unknown',
    form: 'text',
    description: 'The commit this was built from, answered by `GET /api/version`.',
    example: '3f2a9c1',
  },
  buildTime: {
    env: 'BUILD_TIME',
    schema: text(1, 100),
    default: 'unknown',
    form: 'ISO 8601 instant',
    description: 'When it was built, answered by `GET /api/version`.',
    example: '2026-01-31T12:00:00Z',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    schema: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    default: 'info',
    form: 'trace, debug, info, warn, error or fatal',
    description: 'The least severe log lines that are written.',
    example: 'info',
  },
  instanceName: {
    env: 'HOSTNAME',
    schema: z.string().optional(),
    form: 'text',
    description: 'Names this process in leases and statistics, together with its process id; containers set it by themselves.',
    example: 'zakops-backend-0',
  },
  shutdownTimeoutMs: {
    env: 'SHUTDOWN_TIMEOUT',
    schema: secondsAsMs(1, 300),
    default: '25',
    form: 'seconds, 1 to 300',
    description:
      'How long a stopping process may take in all, from the signal on, to finish what it has begun; in the API `DRAIN_DELAY` is a part of it.',
    example: '25',
  },
  workerHeartbeatFile: {
    env: 'WORKER_HEARTBEAT_FILE',
    schema: z.string().optional(),
    form: 'path',
    description:
      'A file whose age tells the health check of a container how its worker is, without another process of Node. The image sets it; no other process writes it.',
    example: '/tmp/zakops-worker.heartbeat',
  },
}) {
  /** Eight random hexadecimal digits that name this start of a process: the end of its id, and of the names of its database sessions. */
  readonly processTag = randomBytes(4).toString('hex');
}
