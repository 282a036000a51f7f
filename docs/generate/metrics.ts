import { Metrics } from '#zakops/metrics';
import type { MetricDefinition } from '#zakops/metrics';
import { AuditConfig } from '#zakops/audit';
import { SystemMetrics } from '#zakops/monitoring';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig } from '#zakops/config';
import { API_SETTINGS, loadApiConfig } from '../../apps/api/src/bootstrap/api-config.js';
import { createApi } from '../../apps/api/src/bootstrap/create-api.js';
import { WorkerModule } from '../../apps/outbox-worker/src/worker.module.js';

const NOWHERE = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', LOG_LEVEL: 'fatal' };

interface Told extends MetricDefinition {
  readonly by: string;
}

/** The page of all metrics, from the registries of the processes, which are made for it and never start. */
export async function metricsPage(): Promise<string> {
  const api = await createApi(loadApiConfig(NOWHERE));
  // Not an application context, which would start its loops at once.
  const worker = await NestFactory.create(WorkerModule.forRoot(loadConfig([...API_SETTINGS, AuditConfig], NOWHERE)), { logger: false });
  const ofApi = definitionsOf(api);
  const ofWorker = definitionsOf(worker);
  const rows = new Map<string, Told>();
  for (const definition of ofApi) {
    const isOfBoth = ofWorker.some(({ name }) => name === definition.name);
    rows.set(definition.name, { ...definition, by: isOfBoth ? 'every process' : 'API' });
  }
  for (const definition of ofWorker) if (!rows.has(definition.name)) rows.set(definition.name, { ...definition, by: 'worker' });
  const system = api.get(SystemMetrics, { strict: false });
  for (const definition of system.ownDefinitions) rows.set(definition.name, { ...definition, by: 'API' });
  for (const definition of system.definitions) rows.set(definition.name, { ...definition, by: 'system' });
  const sorted = [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    '# Metrics',
    '',
    'Everything that `GET /metrics` tells. This page is generated from the code by `npm run docs:generate`; how to scrape, alerts and',
    'objectives are in [monitoring.md](monitoring.md).',
    '',
    'The column "of" says whom a value is about:',
    '',
    '- **API**: the process that answers. It has the label `process="api"`, and Prometheus adds `instance`.',
    '- **worker**: an outbox worker, with `process="outbox-worker"` and, from its heartbeat, `worker="<host>/<process id>"`. Every API process',
    '  passes them on, at most 10 s old: take each once, with `max by (worker)`, and never the sum over instances.',
    '- **every process**: both of these.',
    '- **system**: the whole system, read from the database by every API process: take the largest, never the sum.',
    '',
    '| Metric | Type | Labels | Of | Meaning |',
    '|---|---|---|---|---|',
    ...sorted.map(toRow),
    '',
  ].join('\n');
}

function definitionsOf(app: INestApplicationContext): readonly MetricDefinition[] {
  return app.get(Metrics, { strict: false }).definitions;
}

function toRow({ name, type, labelNames, by, help }: Told): string {
  const labels = labelNames.length === 0 ? '' : labelNames.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${labels} | ${by} | ${help.replaceAll('|', '\\|')} |`;
}
