import { checkMetricName, METRIC_TYPES } from '#zakops/metrics';
import type { MetricType } from '#zakops/metrics';
import { createTestDatabase, freePort, spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { readFileSync } from 'node:fs';
import { Scraped } from '../../libs/monitoring/test/scraped.js';
import { writeTicket } from '../../apps/api/test/tickets.builder.js';
import { installPrometheus, promtool } from './prometheus.js';
import { rulesOf } from './rule-files.js';
import { metricsIn } from './used-metrics.js';
import type { UsedMetric } from './used-metrics.js';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

const DASHBOARD = JSON.parse(readFileSync('docker/grafana/dashboards/zakops-backend.json', 'utf8')) as Dashboard;

// What Prometheus itself, or the merging of workers, adds to a series.
const ADDED_LABELS = ['instance', 'job', 'process', 'worker', 'le'];

describe('what a real API and a real worker tell', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  const running: SpawnedApp[] = [];
  let ofApi: Scraped;
  let ofWorker: Scraped;

  beforeAll(async () => {
    await installPrometheus();
    database = await createTestDatabase();
    const port = await freePort();
    running.push((api = await spawnApi(database.url)));
    running.push(await spawnWorker(database.url, { METRICS_PORT: String(port) }));
    await useEverything();
    ofApi = await waitFor(
      'the figures of the worker and of a dead letter',
      async () => {
        const scraped = await Scraped.of(`${api.url}/metrics`);
        const processed = scraped.value('zakops_outbox_processed_total', { consumer: 'deal-activity', result: 'delivered' }) ?? 0;
        return processed > 0 && scraped.all('zakops_dlq_entries_by_reason').length > 0 && scraped;
      },
      30_000,
    );
    ofWorker = await Scraped.of(`http://127.0.0.1:${String(port)}/metrics`);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(running.map((app) => app.stop()));
    await database.drop();
  });

  /** Some metrics have no series before the first of what they count. */
  async function useEverything(): Promise<void> {
    const created = await fetch(`${api.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: 'acme', display_name: 'Acme', stage: 'inbound' }),
    });
    expect(created.status).toBe(201);
    // Enough of them that the garbage collector has something to do.
    for (let n = 0; n < 200; n += 1) await (await fetch(`${api.url}/api/deals`)).arrayBuffer();
    await writeTicket(database, { status: 'dead' });
  }

  it.each(['API', 'worker'] as const)('passes the lint of Prometheus: %s', async (which) => {
    const { text } = which === 'API' ? ofApi : ofWorker;
    expect(await promtool(['check', 'metrics'], '.', text)).toEqual({ code: 0, output: '' });
  });

  it.each(['API', 'worker'] as const)('has names in base units, help for everything, and one block for each metric: %s', (which) => {
    const scraped = which === 'API' ? ofApi : ofWorker;
    expect(scraped.metrics.size).toBeGreaterThan(20);
    for (const [name, { type, help }] of scraped.metrics) {
      expect([name, METRIC_TYPES]).toEqual([name, expect.arrayContaining([type])]);
      checkMetricName(type as MetricType, { name, help });
    }
    // Twice the same series is an error for Prometheus, and the whole scrape is lost.
    expect(scraped.series).toBe(scraped.samples.length);
    const blocks = scraped.text.split('\n').filter((line) => line.startsWith('# TYPE '));
    expect(new Set(blocks).size).toBe(blocks.length);
  });

  it('is documented, and what is documented is told', () => {
    const told = new Set([...ofApi.metrics.keys(), ...ofWorker.metrics.keys()]);
    const documented = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| `(zakops_[a-z0-9_]+)`/gm)].map(([, name]) => name);
    // Only with AUTH_REQUIRED and limits is there something to refuse.
    const silent = ['zakops_rate_limit_refusals_total'];
    expect(documented.filter((name) => !told.has(name ?? '')).sort()).toEqual(silent);
    expect([...told].filter((name) => !documented.includes(name))).toEqual([]);
  });

  it('has every metric and every label that a rule or the dashboard asks for', () => {
    const unknown = [...usedMetrics()]
      .filter(({ used }) => !isTold(used))
      .map(({ used, where }) => `${where}: ${used.name} {${used.labels.join()}}`);
    expect(unknown).toEqual([]);
  });

  it('is on a dashboard whose panels have different titles', () => {
    const panels = DASHBOARD.panels.filter(({ type }) => type !== 'row');
    expect(panels.length).toBeGreaterThan(25);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  function isTold({ name, labels }: UsedMetric): boolean {
    if (name.includes(':')) return rulesOf().some(({ record }) => record === name);
    // Refusals by a limit have no series before the first one.
    if (name === 'zakops_rate_limit_refusals_total') return true;
    const samples = [...ofApi.all(name), ...ofWorker.all(name)];
    return samples.length > 0 && labels.every((label) => ADDED_LABELS.includes(label) || samples.some((sample) => label in sample.labels));
  }
});

function* usedMetrics(): Generator<{ where: string; used: UsedMetric }> {
  for (const { record, alert, expr } of rulesOf()) for (const used of metricsIn(expr)) yield { where: record ?? alert ?? '', used };
  for (const panel of DASHBOARD.panels)
    for (const expr of expressionsOf(panel)) for (const used of metricsIn(expr)) yield { where: panel.title, used };
  for (const { expr } of DASHBOARD.annotations.list) for (const used of metricsIn(expr)) yield { where: 'annotation', used };
}

function expressionsOf({ targets = [] }: Panel): readonly string[] {
  return targets.map(({ expr }) => expr);
}
