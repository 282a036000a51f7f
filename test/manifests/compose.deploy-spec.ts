import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVERY_SETTING, loadEverySetting } from '../../apps/cli/src/settings/every-setting.js';
import { composeEnvironment, resolveCompose, resolvedText } from './support/compose.js';
import type { ComposeService } from './support/compose.js';

// The first run on a machine may have to install docker-compose.
jest.setTimeout(120_000);

const PRODUCTION = 'docker/docker-compose.production.yml';
const DEVELOPMENT = 'docker/docker-compose.development.yml';
const SECRETS = {
  DATABASE_URL: 'postgresql://zakops_runtime:x@db.internal:5432/zakops?sslmode=verify-full',
  SESSION_SECRET: 'a'.repeat(48),
};
const NAMES = EVERY_SETTING.flatMap(({ settings }) => Object.values(settings)).flatMap(({ env, secret }) =>
  secret === true ? [env, `${env}_FILE`] : [env],
);
// Of taste, not of correctness; and a name that docker-compose 1.29 refuses.
const NOT_ASKED = [
  'service-keys-order',
  'services-alphabetical-order',
  'service-dependencies-alphabetical-order',
  'service-ports-alphabetical-order',
  'top-level-properties-order',
  'require-project-name-field',
  // docker/Dockerfile is built under the name that all services run.
  'no-build-and-image',
];
const COMMANDS = ['zakops', 'zakops-api', 'zakops-worker', 'zakops-health'];

describe.each([PRODUCTION, DEVELOPMENT])('%s', (file) => {
  it('is accepted by the schema and the rules of dclint', async () => {
    // The interface of a port is a variable with a default: that rule is asked about what becomes of it.
    expect(await lint(file, [...NOT_ASKED, 'no-unbound-port-interfaces'])).toEqual([]);
    const folder = await mkdtemp(join(tmpdir(), 'zakops-compose-'));
    const resolved = join(folder, 'docker-compose.yml');
    await writeFile(resolved, await resolvedText(file, SECRETS));
    const problems = await lint(resolved, NOT_ASKED);
    expect(problems.filter(({ rule }) => rule === 'no-unbound-port-interfaces')).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('gives our programs settings that exist, and with which they start', async () => {
    const own = ownServices(await resolveCompose(file, SECRETS));
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const [name, service] of own) {
      const given = Object.keys(service.environment ?? {});
      expect([name, given.filter((variable) => !NAMES.includes(variable))]).toEqual([name, []]);
      const env = await composeEnvironment(service);
      expect(() => loadEverySetting(env)).not.toThrow();
    }
  });

  it('runs programs that the image has', async () => {
    const programs = (await readdir('docker/bin')).map((program) => program.replace(/\.(mjs|sh)$/, ''));
    expect(programs).toEqual(expect.arrayContaining(COMMANDS));
    for (const [, { command, healthcheck }] of ownServices(await resolveCompose(file, SECRETS))) {
      expect(COMMANDS).toContain(command?.[0] ?? 'zakops-api');
      if (asksForHealth(healthcheck)) expect(COMMANDS).toContain(healthcheck.test[1]);
    }
  });

  it('publishes no port of the worker, and none of the API that would keep it from scaling', async () => {
    const services = await resolveCompose(file, SECRETS);
    expect(services['outbox-processor']?.ports).toBeUndefined();
    expect(services['outbox-processor']?.expose).toBeUndefined();
    expect(services['outbox-processor']?.container_name).toBeUndefined();
    expect(services['backend']?.container_name).toBeUndefined();
  });
});

describe(PRODUCTION, () => {
  it.each(Object.keys(SECRETS))('says that %s is missing', async (name) => {
    const rest = Object.fromEntries(Object.entries(SECRETS).filter(([variable]) => variable !== name));
    await expect(resolveCompose(PRODUCTION, rest)).rejects.toThrow(`set ${name}, for example`);
  });

  it('limits memory, CPU, processes and logs of every service, and starts again what ends', async () => {
    for (const [name, service] of Object.entries(await resolveCompose(PRODUCTION, SECRETS))) {
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({
          mem_limit: expect.stringMatching(/^\d+m$/),
          cpus: expect.any(Number),
          pids_limit: expect.any(Number),
          logging: {
            driver: 'json-file',
            options: { 'max-size': expect.stringMatching(/^\d+m$/), 'max-file': expect.stringMatching(/^\d+$/) },
          },
          restart: name === 'migrate' ? 'no' : 'unless-stopped',
        }),
      ]);
    }
  });

  it('lets no service write to its image or hold rights', async () => {
    for (const [name, service] of Object.entries(await resolveCompose(PRODUCTION, SECRETS))) {
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }),
      ]);
    }
  });

  it('publishes one port, of the balancer, which asks for every replica', async () => {
    const services = await resolveCompose(PRODUCTION, SECRETS);
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([['balancer', '0.0.0.0:8000:8000/tcp']]);
    const alias = [services['backend'], services['backend-first']].map((service) => service?.networks?.['default']?.aliases?.join());
    expect(alias).toEqual(['api', 'api']);
    const balancer = await readFile('docker/haproxy/haproxy.cfg', 'utf8');
    expect(balancer).toMatch(/\bapi:8000\b/);
    // A name of the API always, so that PUBLIC_HOSTS does not take it out of the balancer.
    expect(balancer).toMatch(/^ {2}http-check send .* hdr Host localhost$/m);
  });

  it('gives every program longer than SHUTDOWN_TIMEOUT to stop', async () => {
    for (const [name, service] of ownServices(await resolveCompose(PRODUCTION, SECRETS))) {
      const shutdown = Number((await composeEnvironment(service))['SHUTDOWN_TIMEOUT'] ?? defaultOf('SHUTDOWN_TIMEOUT'));
      expect([name, Number(service.stop_grace_period?.replace('s', ''))]).toEqual([name, expect.any(Number)]);
      expect(Number(service.stop_grace_period?.replace('s', ''))).toBeGreaterThan(shutdown);
    }
  });

  it('asks every program that runs on for its health, by its own check or that of the image', async () => {
    expect(await readFile('docker/Dockerfile', 'utf8')).toMatch(/^HEALTHCHECK .*"zakops-health"/m);
    const unasked = ownServices(await resolveCompose(PRODUCTION, SECRETS)).filter(([, { healthcheck }]) => isSwitchedOff(healthcheck));
    expect(unasked.map(([name]) => name)).toEqual(['migrate']);
  });

  it('builds with arguments that the Dockerfile has, and with no secret', async () => {
    const dockerfile = await readFile('docker/Dockerfile', 'utf8');
    const known = [...dockerfile.matchAll(/^ARG (\w+)/gm)].map(([, name]) => name);
    const builds = Object.values(await resolveCompose(PRODUCTION, SECRETS)).flatMap(({ build }) => build ?? []);
    expect(builds.flatMap(({ args = {} }) => Object.keys(args)).sort()).toEqual(['BUILD_TIME', 'GIT_COMMIT', 'VERSION']);
    expect(known).toEqual(expect.arrayContaining(['BUILD_TIME', 'GIT_COMMIT', 'VERSION']));
  });
});

describe(DEVELOPMENT, () => {
  it('is reached from this machine only', async () => {
    const services = await resolveCompose(DEVELOPMENT, {});
    const ports = Object.values(services).flatMap(({ ports: published = [] }) => published);
    expect(ports).toHaveLength(2);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

/** The part of dclint that is used; its own types cannot be resolved. */
interface Linter {
  readonly DCLinter: new (config: { rules: Readonly<Record<string, 0>>; quiet: boolean; debug: boolean; exclude: readonly string[] }) => {
    lintFiles(paths: readonly string[], recursive: boolean): readonly { readonly messages: readonly Finding[] }[];
  };
}

interface Finding {
  readonly rule: string;
  readonly message: string;
}

async function lint(file: string, off: readonly string[]): Promise<readonly Finding[]> {
  const { DCLinter } = (await import('dclint')) as unknown as Linter;
  const rules = Object.fromEntries(off.map((rule) => [rule, 0 as const]));
  const results = new DCLinter({ rules, quiet: true, debug: false, exclude: [] }).lintFiles([file], false);
  expect(results).toHaveLength(1);
  return results.flatMap(({ messages }) => messages.map(({ rule, message }) => ({ rule, message })));
}

type Healthcheck = NonNullable<ComposeService['healthcheck']>;

function isSwitchedOff(healthcheck: Healthcheck | undefined): boolean {
  // docker-compose writes `disable: true` as this test.
  return healthcheck?.disable === true || healthcheck?.test?.[0] === 'NONE';
}

function asksForHealth(healthcheck: Healthcheck | undefined): healthcheck is Healthcheck & { readonly test: readonly string[] } {
  return healthcheck?.test !== undefined && !isSwitchedOff(healthcheck);
}

function ownServices(services: Readonly<Record<string, ComposeService>>): readonly (readonly [string, ComposeService])[] {
  return Object.entries(services).filter(([, { image }]) => image?.startsWith('zakops-backend:') === true);
}

function defaultOf(name: string): string {
  const setting = EVERY_SETTING.flatMap(({ settings }) => Object.values(settings)).find(({ env }) => env === name);
  return setting?.default ?? '';
}
