import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../bench-server.js';

const APPS = join(import.meta.dirname, '..', '..', 'apps');
const EMAIL = 'bench@zakops.local';
const PASSWORD = 'a long password for one run only';

/** Makes an operator by the command line, an API key by a login, and the first deal; all as a user would. */
export async function makeApiKey(databaseUrl: string, sessionSecret: string, moreScopes: readonly string[] = []): Promise<string> {
  const cli = promisify(execFile)(
    process.execPath,
    [join(APPS, 'cli/src/main.js'), 'operators', 'create', '--email', EMAIL, '--name', 'Bench', '--role', 'admin', '--password-stdin'],
    { env: { DATABASE_URL: databaseUrl } },
  );
  cli.child.stdin?.end(PASSWORD);
  await cli;
  const port = await freePort();
  const api = spawn(process.execPath, [join(APPS, 'api/src/main.js')], {
    env: {
      DATABASE_URL: databaseUrl,
      SESSION_SECRET: sessionSecret,
      AUTH_REQUIRED: 'true',
      PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
    },
    stdio: 'inherit',
  });
  const origin = `http://127.0.0.1:${String(port)}`;
  try {
    while ((await fetch(`${origin}/api/health/ready`).catch(() => undefined))?.status !== 200) {
      if (api.exitCode !== null) throw new Error('The API ended.');
      await sleep(100);
    }
    const json = { 'Content-Type': 'application/json' };
    const login = await fetch(`${origin}/api/auth/login`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
    });
    const { csrf_token: csrf } = (await login.json()) as { csrf_token: string };
    const cookie = login.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    const scopes = ['deals:read', 'deals:write', ...moreScopes];
    const made = await fetch(`${origin}/api/auth/api-keys`, {
      method: 'POST',
      headers: { ...json, Cookie: cookie, 'X-CSRF-Token': csrf },
      body: JSON.stringify({ name: 'bench', scopes }),
    });
    const { key } = (await made.json()) as { key: string };
    const headers = { ...json, Authorization: `Bearer ${key}` };
    const first = await fetch(`${origin}/api/deals`, { method: 'POST', headers, body: '{"canonical_name":"acme-plumbing"}' });
    if (first.status !== 201) throw new Error(`The first deal was answered with ${String(first.status)}.`);
    return key;
  } finally {
    const exited = once(api, 'exit');
    api.kill('SIGTERM');
    await exited;
  }
}
