import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suspiciousNames } from '#zakops/config';
import { EVERY_SETTING, loadEverySetting } from '../../apps/cli/src/settings/every-setting.js';
import { OVERLAYS, ofKind, ownWorkloads, renderOverlay } from './support/manifests.js';
import type { Manifest } from './support/manifests.js';
import { podEnvironment } from './support/pod-environment.js';

// The first rendering on a machine may have to fetch kubectl.
jest.setTimeout(120_000);

const SETTINGS = EVERY_SETTING.flatMap(({ settings }) => Object.values(settings));
const SECRETS = SETTINGS.filter(({ secret }) => secret === true).map(({ env }) => env);
const NAMES = [...SETTINGS.map(({ env }) => env), ...SECRETS.map((name) => `${name}_FILE`)];

describe.each(OVERLAYS)('the settings of overlay %s', (overlay) => {
  let manifests: readonly Manifest[];
  let folder: string;

  beforeAll(async () => {
    manifests = await renderOverlay(overlay);
    folder = await mkdtemp(join(tmpdir(), 'zakops-secrets-'));
    await writeFile(join(folder, 'database-url'), 'postgresql://zakops_runtime:x@db.internal:5432/zakops?sslmode=require\n');
    await writeFile(join(folder, 'session-secret'), `${'a'.repeat(48)}\n`);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are settings that exist', () => {
    const used = environments(manifests).flatMap((env) => Object.keys(env));
    expect(used.filter((name) => !NAMES.includes(name))).toEqual([]);
    expect(environments(manifests).flatMap((env) => suspiciousNames(env))).toEqual([]);
  });

  it('let API and worker start', () => {
    for (const env of environments(manifests)) {
      const mounted = Object.entries(env).map(([name, value]) => [name, value.replace('/run/secrets/zakops', folder)]);
      const run = { SESSION_SECRET_FILE: join(folder, 'session-secret'), ...(Object.fromEntries(mounted) as Record<string, string>) };
      expect(() => loadEverySetting(run)).not.toThrow();
    }
  });

  it('hold no secret', () => {
    const used = environments(manifests).flatMap((env) => Object.keys(env));
    expect(used.filter((name) => SECRETS.includes(name))).toEqual([]);
  });

  it('ask for the same encryption of the connection when migrating and when running', () => {
    expect(new Set(environments(manifests).map((env) => env['DB_SSL_REQUIRED'])).size).toBe(1);
  });
});

describe('secrets', () => {
  it.each(['staging', 'production'])('are no part of overlay %s', async (overlay) => {
    expect(ofKind(await renderOverlay(overlay), 'Secret')).toEqual([]);
  });

  it('of overlay local say that they are none', async () => {
    const values = ofKind(await renderOverlay('local'), 'Secret').flatMap(({ data = {} }) => Object.values(data));
    expect(
      values.map((value) => Buffer.from(value, 'base64').toString()).filter((text) => !text.includes('for-this-machine-only')),
    ).toEqual([]);
  });

  it('of overlay production are asked for over an encrypted connection', async () => {
    for (const env of environments(await renderOverlay('production'))) expect(env['DB_SSL_REQUIRED']).toBe('true');
  });
});

function environments(manifests: readonly Manifest[]): readonly Readonly<Record<string, string>>[] {
  return ownWorkloads(manifests).flatMap(({ containers }) => containers.map((container) => podEnvironment(manifests, container)));
}
