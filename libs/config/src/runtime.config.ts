import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { PACKAGE_VERSION } from './package-version.js';
import { defineConfig } from './setting.js';
import { oneOf, secondsAsMs, text } from './setting-types.js';

const RUNBOOK_BASE = /^(?:docs|https?:\/\/\S*[^\s/])$/;

/** Settings of no single lib: where this runs, and which build it is. */
export class RuntimeConfig extends defineConfig('Runtime', {
  appEnv: {
    env: 'APP_ENV',
    schema: oneOf(['development', 'test', 'staging', 'production']),
    default: 'development',
    form: 'development, test, staging or production',
    description: 'Where this runs. `production` refuses to start with settings that are safe only on a laptop.',
    example: 'production',
  },
  version: {
    env: 'APP_VERSION',
    schema: text(1, 100),
    default: PACKAGE_VERSION,
    form: 'text',
    description: 'The released version, answered by `GET /api/version` and named in the documents of the API.',
    example: '1.0.0',
  },
  commit: {
    env: 'GIT_COMMIT',
    schema: text(1, 100),
    default: 'unknown',
    form: 'text',
    description: 'The commit of the build, answered by `GET /api/version`.',
    example: '3f2a9c1',
  },
  buildTime: {
    env: 'BUILD_TIME',
    schema: text(1, 100),
    default: 'unknown',
    form: 'ISO 8601 instant',
    description: 'The time of the build, answered by `GET /api/version`.',
    example: '2026-01-31T12:00:00Z',
  },
  runbookBaseUrl: {
    env: 'RUNBOOK_BASE_URL',
    schema: z.string().regex(RUNBOOK_BASE),
    default: 'docs',
    form: 'http(s) URL without a slash at the end',
    description: 'Where the folder `docs` is read, for links in system health and alerts. Unless set, links name files of this repository.',
    example: 'https://wiki.example.com/zakops/docs',
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
    description: 'Names this process in leases and stats, together with its process id; container runtimes set it.',
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
      'A file that the worker touches. The health check of a container judges the worker by its age, without starting another Node process. The image sets it.',
    example: '/tmp/zakops-worker.heartbeat',
  },
}) {
  /** Eight random hexadecimal digits that name this start of a process: the end of its id, and of the names of its database sessions. */
  readonly processTag = randomBytes(4).toString('hex');
}
