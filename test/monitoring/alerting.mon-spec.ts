import { createTestDatabase, freePort, spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTicket } from '../../apps/api/test/tickets.builder.js';
import { installPrometheus, RULES_FOLDER } from './prometheus.js';

const PATIENCE_MS = 60_000;

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

describe('a real Prometheus with our rules', () => {
  let folder: string;
  let database: TestDatabase;
  let api: SpawnedApi;
  const running: SpawnedApp[] = [];
  let prometheus: ChildProcess | undefined;
  let url: string;

  beforeAll(async () => {
    await installPrometheus();
    database = await createTestDatabase();
    running.push((api = await spawnApi(database.url)));
    running.push(await spawnWorker(database.url));
    folder = await mkdtemp(join(tmpdir(), 'zakops-prometheus-'));
    for (const file of ['recording.yml', 'alerts.yml', 'original-names.yml']) await cp(join(RULES_FOLDER, file), join(folder, file));
    await writeFile(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [recording.yml, alerts.yml, original-names.yml]
scrape_configs:
  - job_name: zakops-backend
    static_configs: [{ targets: ['${new URL(api.url).host}'] }]
`,
    );
    const port = await freePort();
    url = `http://127.0.0.1:${String(port)}`;
    const options = [`--web.listen-address=127.0.0.1:${String(port)}`, `--storage.tsdb.path=${folder}/data`, '--log.level=error'];
    prometheus = spawn('prometheus', [`--config.file=${folder}/prometheus.yml`, ...options], { stdio: 'ignore' });
    await waitFor('Prometheus', async () => (await fetch(`${url}/-/ready`)).status === 200, PATIENCE_MS);
  }, 120_000);

  afterAll(async () => {
    if (prometheus !== undefined) {
      const ended = once(prometheus, 'exit');
      prometheus.kill('SIGTERM');
      await ended;
    }
    await Promise.all(running.map((app) => app.stop()));
    await Promise.all([database.drop(), rm(folder, { recursive: true, force: true })]);
  });

  async function get<T>(path: string): Promise<T> {
    return ((await (await fetch(url + path)).json()) as { data: T }).data;
  }

  async function query(expression: string): Promise<number | undefined> {
    const { result } = await get<{ result: { value: [number, string] }[] }>(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    return result[0] === undefined ? undefined : Number(result[0].value[1]);
  }

  const firing = async (): Promise<readonly Alert[]> =>
    (await get<{ alerts: Alert[] }>('/api/v1/alerts')).alerts.filter(({ state }) => state === 'firing');

  it('scrapes the API, and evaluates every rule without an error', async () => {
    await waitFor('a scrape', async () => (await query('up{job="zakops-backend"}')) === 1, PATIENCE_MS);
    await waitFor('the worker', async () => (await query('zakops:processes:max{role="active"}')) === 1, PATIENCE_MS);
    await waitFor(
      'every rule',
      async () => {
        const { groups } = await get<{ groups: { rules: { health: string }[] }[] }>('/api/v1/rules');
        const rules = groups.flatMap((group) => group.rules);
        return rules.length > 50 && rules.every(({ health }) => health === 'ok');
      },
      PATIENCE_MS,
    );
    await waitFor(
      'a name of the version before',
      async () => ((await query('http_requests_total{route="/metrics"}')) ?? 0) > 0,
      PATIENCE_MS,
    );
  }, 150_000);

  it('fires on the first dead letter, and ends when it is gone', async () => {
    expect(await firing()).toEqual([]);
    const { entryId } = await writeTicket(database, { status: 'dead', consumer: 'mailer' });
    const [alert] = await waitFor(
      'the alert',
      async () => {
        const found = (await firing()).filter(({ labels }) => labels['alertname'] === 'ZakopsDeadLetters');
        return found.length > 0 && found;
      },
      PATIENCE_MS,
    );
    expect(alert?.labels).toEqual({ alertname: 'ZakopsDeadLetters', consumer: 'mailer', severity: 'warning' });
    expect(alert?.annotations['description']).toBe('Dead tickets of mailer: 1. Find the cause, then retry or purge them.');
    const purged = await fetch(`${api.url}/api/admin/dlq/${entryId}`, { method: 'DELETE' });
    expect(purged.status).toBe(200);
    await waitFor('the end of the alert', async () => (await firing()).length === 0, PATIENCE_MS);
  }, 150_000);
});
