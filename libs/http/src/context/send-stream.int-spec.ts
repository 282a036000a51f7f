import { waitFor } from '#zakops/testing';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendStream } from './send-stream.js';

// More than the buffers of both ends of a connection hold.
const PART = 'x'.repeat(1_048_576);

describe(sendStream.name, () => {
  let servers: Server[] = [];

  afterEach(async () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    }
    servers = [];
  });

  /** Serves a text, and says how it was read and how the sending ended. */
  async function serve(text: () => AsyncGenerator<string>): Promise<{ server: Server; url: string; seen: string[]; ends: unknown[] }> {
    const [seen, ends]: [string[], unknown[]] = [[], []];
    async function* watched(): AsyncGenerator<string> {
      try {
        seen.push('opened');
        for await (const part of text()) {
          seen.push('part');
          yield part;
        }
      } finally {
        seen.push('closed');
      }
    }
    const server = createServer((_, response) => {
      sendStream(response, watched).then(
        () => ends.push('sent'),
        (error: unknown) => {
          ends.push(error);
          if (!response.headersSent) response.writeHead(500).end();
        },
      );
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen, ends };
  }

  async function* endless(): AsyncGenerator<string> {
    for (;;) yield await Promise.resolve(PART);
  }

  it('reads nothing for a HEAD', async () => {
    const { url, seen } = await serve(endless);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect(seen).toEqual([]);
  });

  it('sends every part, or none', async () => {
    const some = await serve(async function* () {
      yield* await Promise.resolve(['a', '', 'b']);
    });
    expect(await (await fetch(some.url)).text()).toBe('ab');
    const none = await serve(async function* () {
      yield* await Promise.resolve([]);
    });
    expect(await (await fetch(none.url)).text()).toBe('');
    expect([some.ends, none.ends]).toEqual([['sent'], ['sent']]);
  });

  it('stops reading when the client disconnects, which is no error', async () => {
    const { url, seen, ends } = await serve(endless);
    const leave = new AbortController();
    const response = await fetch(url, { signal: leave.signal });
    await response.body?.getReader().read();
    leave.abort();
    await waitFor('the end', () => ends.length > 0);
    expect([ends, seen.at(-1)]).toEqual([['sent'], 'closed']);
  });

  it('sends nothing to a client that left before the first part', async () => {
    let begin: (part: string) => void = () => undefined;
    const first = new Promise<string>((resolve) => (begin = resolve));
    const { server, url, seen, ends } = await serve(async function* () {
      yield await first;
      throw new Error('nothing more is read');
    });
    const leave = new AbortController();
    const connected = once(server, 'connection') as Promise<[NodeJS.EventEmitter]>;
    const answer = expect(fetch(url, { signal: leave.signal })).rejects.toThrow('aborted');
    const [socket] = await connected;
    await waitFor('the reading', () => seen.length > 0);
    const closed = once(socket, 'close');
    leave.abort();
    await Promise.all([answer, closed]);
    begin('late');
    await waitFor('the end', () => ends.length > 0);
    expect([ends, seen]).toEqual([['sent'], ['opened', 'part', 'closed']]);
  });

  it('leaves the answer open for a problem when the first part fails, and breaks the connection later', async () => {
    const broken = new Error('broken');
    const early = await serve(async function* () {
      await Promise.reject(broken);
    });
    expect((await fetch(early.url)).status).toBe(500);
    const late = await serve(async function* () {
      yield 'a';
      await Promise.reject(broken);
    });
    await expect(fetch(late.url).then((response) => response.text())).rejects.toThrow();
    expect([early.ends, late.ends]).toEqual([[broken], [broken]]);
  });
});
