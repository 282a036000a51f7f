import { defineConfig, integer, text } from '#zakops/config';

/** Where metrics are read without a login. */
export class MonitoringConfig extends defineConfig('Metrics', {
  port: {
    env: 'METRICS_PORT',
    schema: integer(1, 65_535).optional(),
    form: 'port, 1 to 65535',
    description:
      'Opens a port that answers `GET /metrics` without a login, in the API and in the worker. Without the setting the worker has no port, and the API answers `GET /metrics` only to principals that may read stats.',
    example: '9464',
  },
  host: {
    env: 'METRICS_HOST',
    schema: text(1, 255),
    default: '127.0.0.1',
    form: 'address',
    description: 'The address that `METRICS_PORT` is opened on. It needs no login: open it to the network of the monitoring system only.',
    example: '0.0.0.0',
  },
}) {}
