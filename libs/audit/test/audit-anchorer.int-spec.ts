import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '#zakops/config';
import { waitFor } from '#zakops/testing';
import { Logger } from '@nestjs/common';
import { AnchorStore } from '../src/anchor/anchor.store.js';
import { ANCHOR_MESSAGE } from '../src/anchor/anchor-targets.js';
import { AuditAnchorer } from '../src/anchor/audit-anchorer.js';
import { AuditChainer, AuditConfig, AuditWorkerModule } from '../src/index.js';
import { AuditTestbed } from './audit-testbed.js';

interface Received {
  readonly method: string | undefined;
  readonly type: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

const HOUR_MS = 3_600_000;

/** Everything that a fake clock could stand for but the time of day. */
const NOT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/** A receiver of anchors that answers as it is told. */
class Receiver {
  readonly received: Received[] = [];
  status = 204;
  /** Takes a call and never answers. */
  silent = false;
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        this.received.push({
          method: request.method,
          type: request.headers['content-type'],
          body: JSON.parse(text) as Record<string, unknown>,
        });
        if (!this.silent) response.writeHead(this.status, this.status === 302 ? { location: '/elsewhere' } : {}).end();
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/anchors?token=hunter2`;
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

describe(AuditAnchorer.name, () => {
  let folder: string;
  let receiver: Receiver;
  let bed: AuditTestbed | undefined;
  let logged: jest.SpyInstance;
  let failed: jest.SpyInstance;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zakops-anchor-'));
    receiver = new Receiver();
    logged = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    failed = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });

  afterEach(async () => {
    await bed?.dispose();
    bed = undefined;
    receiver.stop();
    await rm(folder, { recursive: true });
    jest.restoreAllMocks();
  });

  /** Without its schedule, so that the tests say when; the interval is an hour unless they say otherwise. */
  async function start(env: Readonly<Record<string, string>> = {}): Promise<AuditTestbed> {
    bed = await AuditTestbed.create({ AUDIT_ANCHOR_INTERVAL: '3600', ...env }, [AuditWorkerModule]);
    await bed.stopSchedule();
    return bed;
  }

  async function grow(testbed: AuditTestbed, count = 1): Promise<{ position: number; hash: string }> {
    await testbed.record(count);
    await testbed.get(AuditChainer).chainPending();
    const last = (await testbed.links()).at(-1);
    return { position: last?.position ?? 0, hash: last?.hash ?? '' };
  }

  const makeDue = (testbed: AuditTestbed): Promise<void> =>
    testbed.tamper(`UPDATE zakops.audit_anchors SET anchored_at = anchored_at - interval '1 hour'`);

  const fileOf = (): string => join(folder, 'anchors.jsonl');
  const linesOfFile = async (): Promise<unknown[]> => (await readFile(fileOf(), 'utf8')).trimEnd().split('\n');
  const anchored = (): unknown[] =>
    logged.mock.calls.filter(([, message]) => message === ANCHOR_MESSAGE).map(([facts]) => facts as unknown);

  it('sends the head to log, file and webhook, and notes it', async () => {
    const testbed = await start({ AUDIT_ANCHOR_FILE: fileOf(), AUDIT_ANCHOR_WEBHOOK_URL: await receiver.start() });
    const head = await grow(testbed, 3);
    await testbed.get(AuditAnchorer).anchorIfDue();
    const anchor = { ...head, at: expect.stringMatching(/^\d{4}-.*Z$/) };
    expect(anchored()).toEqual([anchor]);
    expect((await linesOfFile()).map((line) => JSON.parse(String(line)) as unknown)).toEqual([anchor]);
    expect((await stat(fileOf())).mode & 0o777).toBe(0o600);
    expect(receiver.received).toEqual([{ method: 'POST', type: 'application/json', body: anchor }]);
    expect(await testbed.get(AnchorStore).last()).toEqual({ ...anchor, targets: ['log', 'file', 'webhook'], failures: {} });
  });

  it('sends nothing before the interval is over, nor when the chain has not grown', async () => {
    const testbed = await start();
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(anchored()).toEqual([]);
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(anchored()).toMatchObject([{ position: 1 }]);
    await makeDue(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    await makeDue(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(anchored()).toMatchObject([{ position: 1 }, { position: 2 }]);
  });

  it.each([
    ['ahead', HOUR_MS],
    ['behind', -HOUR_MS],
  ])('goes by the clock of the database in a process whose clock is an hour %s', async (_word, ms) => {
    const testbed = await start();
    const real = Date.now.bind(Date);
    jest.useFakeTimers({ now: real() + ms, doNotFake: [...NOT_DATE] });
    try {
      await grow(testbed);
      await testbed.get(AuditAnchorer).anchorIfDue();
    } finally {
      jest.useRealTimers();
    }
    const [anchor] = anchored() as { at: string }[];
    expect(Math.abs(Date.parse(anchor?.at ?? '') - real())).toBeLessThan(HOUR_MS / 2);

    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(anchored()).toHaveLength(1);
    await makeDue(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(anchored()).toHaveLength(2);
  });

  it('does not wait for the time of an anchor from before the clock of the database was set back', async () => {
    const testbed = await start();
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    await testbed.tamper(`UPDATE zakops.audit_anchors SET anchored_at = anchored_at + interval '1 day'`);

    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(anchored()).toHaveLength(1);
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(anchored()).toMatchObject([{ position: 1 }, { position: 2 }]);
  });

  it('sends a head once, whatever the number of processes', async () => {
    const testbed = await start();
    await grow(testbed);
    await Promise.all(Array.from({ length: 8 }, () => testbed.get(AuditAnchorer).anchorIfDue()));
    expect(anchored()).toHaveLength(1);
  });

  it.each([
    [500, 'HTTP 500'],
    [302, 'HTTP 302'],
  ])('notes and logs a webhook that answers %s, and sends again at the next interval', async (status, reason) => {
    const url = await receiver.start();
    receiver.status = status;
    const testbed = await start({ AUDIT_ANCHOR_FILE: fileOf(), AUDIT_ANCHOR_WEBHOOK_URL: url });
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(await linesOfFile()).toHaveLength(1);
    expect(await testbed.get(AnchorStore).last()).toMatchObject({ failures: { webhook: reason } });
    expect(failed.mock.calls).toEqual([[{ target: 'webhook', reason, position: 1 }, 'An audit anchor could not be delivered.']]);
    expect(JSON.stringify(failed.mock.calls)).not.toContain('hunter2');
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(receiver.received).toHaveLength(1);
    receiver.status = 200;
    await makeDue(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(receiver.received).toHaveLength(2);
    expect(await testbed.get(AnchorStore).last()).toMatchObject({ position: 1, failures: {} });
  });

  it('notes a receiver that is not there, and a file that cannot be written', async () => {
    const url = await receiver.start();
    receiver.stop();
    const testbed = await start({ AUDIT_ANCHOR_FILE: join(folder, 'no', 'such'), AUDIT_ANCHOR_WEBHOOK_URL: url });
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(await testbed.get(AnchorStore).last()).toMatchObject({ failures: { file: 'ENOENT', webhook: 'ECONNREFUSED' } });
    expect(anchored()).toHaveLength(1);
  });

  it('gives up on a receiver that does not answer', async () => {
    const url = await receiver.start();
    receiver.silent = true;
    const testbed = await start({ AUDIT_ANCHOR_WEBHOOK_URL: url });
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    expect(await testbed.get(AnchorStore).last()).toMatchObject({ failures: { webhook: 'timed out' } });
  });

  it('begins a line of its own behind one that was cut off', async () => {
    await writeFile(fileOf(), '{"position":1,"ha');
    const testbed = await start({ AUDIT_ANCHOR_FILE: fileOf() });
    await grow(testbed);
    await testbed.get(AuditAnchorer).anchorIfDue();
    const [torn, whole] = await linesOfFile();
    expect([torn, JSON.parse(String(whole))]).toMatchObject(['{"position":1,"ha', { position: 1 }]);
  });

  it('chains and anchors on a schedule in a worker, and stops with it', async () => {
    bed = await AuditTestbed.create({ AUDIT_ANCHOR_INTERVAL: '1' }, [AuditWorkerModule]);
    await bed.record(3);
    await waitFor('the anchor', () => anchored().some((anchor) => (anchor as { position: number }).position === 3));
    expect(await bed.links()).toHaveLength(3);
  });
});

describe(AuditConfig.name, () => {
  const load = (url: string): AuditConfig => loadConfig([AuditConfig], { AUDIT_ANCHOR_WEBHOOK_URL: url }).get(AuditConfig);

  it.each(['https://anchors.example.com/x?y', 'http://localhost:8080/', 'http://127.0.0.1/', 'http://[::1]:1/'])('takes %s', (url) => {
    expect(load(url).anchorWebhookUrl).toBe(url);
  });

  it.each(['http://anchors.example.com/', 'http://127.0.0.1.example.com/', 'ftp://localhost/', 'anchors'])('refuses %s', (url) => {
    expect(() => load(url)).toThrow('AUDIT_ANCHOR_WEBHOOK_URL');
  });

  it('anchors every hour unless told otherwise', () => {
    expect(loadConfig([AuditConfig], {}).get(AuditConfig)).toMatchObject({ anchorIntervalMs: 3_600_000, anchorFile: undefined });
  });
});
