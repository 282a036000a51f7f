import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiDocument } from '#zakops/http';
import { createApi } from '../../apps/api/src/bootstrap/create-api.js';
import { API_SETTINGS, loadApiConfig } from '../../apps/api/src/bootstrap/api-config.js';
import { EVERY_SETTING } from '../../apps/cli/src/settings/every-setting.js';
import { LauncherSettings } from '../../apps/launcher/src/launcher.settings.js';
import { cliPage } from './cli.js';
import { configurationPage } from './configuration.js';
import { eventsPage } from './events.js';
import { metricsPage } from './metrics.js';
import { knownNamesFile } from './known-names.js';
import { prometheusRuleFile } from './prometheus-rule.js';

const SETTINGS = [...EVERY_SETTING, LauncherSettings];

/** Writes the generated documents; with `--check` it only compares, and exits 1 when one is not what the code says. */
async function main(): Promise<void> {
  const forgotten = API_SETTINGS.filter((settings) => !SETTINGS.some((known) => known === settings));
  if (forgotten.length > 0) throw new Error(`docs/configuration.md would lack ${forgotten.map((settings) => settings.title).join(', ')}.`);
  const documents = new Map([
    ['docs/configuration.md', configurationPage(SETTINGS)],
    ['docs/cli.md', await cliPage()],
    ['libs/config/src/known-names.ts', knownNamesFile(SETTINGS)],
    ['docs/events.md', eventsPage()],
    ['docs/metrics.md', await metricsPage()],
    ...(await apiDocuments()),
    ['k8s/components/prometheus-operator/prometheus-rule.yaml', await prometheusRuleFile()],
  ]);
  const check = process.argv.includes('--check');
  const stale: string[] = [];
  for (const [path, text] of documents) {
    const file = join(process.cwd(), path);
    if (!check) await writeFile(file, text);
    else if ((await readFile(file, 'utf8').catch(() => '')) !== text) stale.push(path);
  }
  if (stale.length > 0) {
    console.error(`Not what the code says: ${stale.join(', ')}. Run npm run docs:generate and commit the result.`);
    process.exitCode = 1;
  }
}

/** The API's own documents, from an application that is made but never listens. */
async function apiDocuments(): Promise<[string, string][]> {
  const config = loadApiConfig({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', LOG_LEVEL: 'fatal' });
  const documents = (await createApi(config)).get(ApiDocument);
  return [
    ['docs/openapi.json', `${JSON.stringify(documents.document, null, 2)}\n`],
    ['docs/asyncapi.json', `${JSON.stringify(documents.asyncDocument, null, 2)}\n`],
  ];
}

await main();
