import { freePort, spawnApp, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { once } from 'node:events';
import { Agent, get, request } from 'node:http';
import type { ClientRequest } from 'node:http';
import { createServer } from 'node:net';

// Nothing listens there: the API must start and answer while its database is away.
const AWAY = { DATABASE_URL: 'postgresql://zakops:hunter2@127.0.0.1:1/zakops', HOST: '127.0.0.1' };

async function endOf(app: SpawnedApp): Promise<{ code: number | null; output: string }> {
  if (app.process.exitCode === null) await once(app.process, 'close');
  return { code: app.process.exitCode, output: app.lines.join('\n') };
}

async function running(env: Record<string, string> = {}): Promise<{ app: SpawnedApp; url: string }> {
  const port = await freePort();
  const app = spawnApp('api', { ...AWAY, PORT: String(port), ...env });
  await app.waitForLine('Listening on');
  return { app, url: `http://127.0.0.1:${String(port)}` };
}

describe('the API process', () => {
  it('names every setting that is wrong, and ends with 1', async () => {
    const { code, output } = await endOf(spawnApp('api', { PORT: 'x', CORS_ORIGINS: '*', HOST: '127.0.0.1' }));
    expect(code).toBe(1);
    expect(output).toMatch(/^The configuration has 3 problems:/);
    expect(output).toMatch(/\n {2}PORT must be a whole number/);
    expect(output).toMatch(/\n {2}CORS_ORIGINS must name its origins/);
    expect(output).toMatch(/\n {2}DATABASE_URL is not set/);
  });

  it.each([
    [{ APP_ENV: 'production' }, ['AUTH_REQUIRED must be true', 'SESSION_SECRET is not set']],
    [{ APP_ENV: 'production', AUTH_REQUIRED: 'true' }, ['SESSION_SECRET is not set']],
    [{ AUTH_REQUIRED: 'true', SESSION_SECRET: 'short' }, ['SESSION_SECRET must have at least 32 bytes']],
  ])('refuses to start with %j', async (env, reasons) => {
    const { code, output } = await endOf(spawnApp('api', { ...AWAY, ...env }));
    expect(code).toBe(1);
    for (const reason of reasons) expect(output).toContain(reason);
    expect(output).not.toContain('short');
  });

  it('says in one sentence that its port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const { code, output } = await endOf(spawnApp('api', { ...AWAY, PORT: String(port), LOG_LEVEL: 'fatal', APP_ENV: 'test' }));
    holder.close();
    expect({ code, output }).toEqual({
      code: 1,
      output: `Port ${String(port)} is taken on 127.0.0.1. Stop what listens there, or set PORT to a free one.`,
    });
  });

  it('waits in development for a port that the process before it still holds', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const app = spawnApp('api', { ...AWAY, PORT: String(port) });
    await app.waitForLine('Waiting up to 15 s');
    holder.close();
    await app.waitForLine('Listening on');
    expect(await app.stop()).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['development', true],
    ['production', false],
  ])('opens the inspector at SIGUSR1 in %s: %s', async (appEnv, opens) => {
    const login = { AUTH_REQUIRED: 'true', SESSION_SECRET: 'x'.repeat(32) };
    const { app } = await running({ APP_ENV: appEnv, ...login });
    app.process.kill('SIGUSR1');
    // Signals of one process are taken in order of their numbers: SIGUSR1 before SIGTERM.
    if (opens) await app.waitForLine('Debugger listening');
    await app.stop();
    expect(app.lines.some((line) => line.startsWith('Debugger listening'))).toBe(opens);
  });

  it('writes one line per request with the ids of the answer, and none of its secrets', async () => {
    const { app, url } = await running();
    const response = await fetch(`${url}/nowhere?password=hunter3`, {
      headers: { 'x-correlation-id': 'c-7', authorization: 'Bearer hunter4' },
    });
    const line = JSON.parse(await app.waitForLine('"path":"/nowhere"')) as Record<string, unknown>;
    expect(line).toMatchObject({
      level: 'info',
      method: 'GET',
      path: '/nowhere',
      status: 404,
      correlation_id: 'c-7',
      duration_ms: expect.any(Number),
    });
    expect(line['trace_id']).toBe(response.headers.get('x-trace-id'));
    expect(await app.stop()).toEqual({ code: 0, signal: null });
    expect(app.lines.filter((each) => each.includes('/nowhere'))).toHaveLength(1);
    expect(app.lines.join('\n')).not.toMatch(/hunter\d/);
  });

  it('finishes what it has begun, lets idle connections go, and ends with 0', async () => {
    const { app, url } = await running({ SHUTDOWN_TIMEOUT: '20' });
    const agent = new Agent({ keepAlive: true });
    const idle = get(`${url}/nowhere`, { agent });
    const [answer] = (await once(idle, 'response')) as [NodeJS.ReadableStream];
    await once(answer.resume(), 'end');
    const slow = await beginUpload(url);
    app.process.kill('SIGTERM');
    await refusesConnections(url);
    slow.end('}');
    const [finished] = (await once(slow, 'response')) as [{ statusCode: number }];
    expect(finished.statusCode).toBe(400);
    expect(await app.stop()).toEqual({ code: 0, signal: null });
    agent.destroy();
  });

  it.each(['api', 'outbox-worker'] as const)('ends in order also when nobody reads the lines of %s any more', async (name) => {
    const app = spawnApp(name, { ...AWAY, PORT: String(await freePort()) });
    await app.waitForLine('cannot be reached');
    app.process.stdout?.destroy();
    expect(await app.stop('SIGTERM', 15_000)).toEqual({ code: 0, signal: null });
  });

  it('cuts off a request that does not end within SHUTDOWN_TIMEOUT', async () => {
    const { app, url } = await running({ SHUTDOWN_TIMEOUT: '2' });
    const slow = await beginUpload(url);
    const cut = once(slow, 'error');
    expect(await app.stop()).toEqual({ code: 0, signal: null });
    expect(await cut).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
  });
});

/** A request whose body is on its way, which the server has begun to read. */
async function beginUpload(url: string): Promise<ClientRequest> {
  const upload = request(`${url}/api/deals`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': '2', expect: '100-continue' },
  });
  upload.flushHeaders();
  await once(upload, 'continue');
  upload.write('{');
  return upload;
}

async function refusesConnections(url: string): Promise<void> {
  await waitFor('the port to be closed', async () => {
    try {
      await fetch(url, { headers: { connection: 'close' } });
      return false;
    } catch {
      return true;
    }
  });
}
