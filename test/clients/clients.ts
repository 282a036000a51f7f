import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A message as the user of a client gets it. */
export interface Message {
  readonly type: string;
  readonly id: string;
  readonly subject?: string | undefined;
}

/** A client that follows a stream until it is stopped. */
export interface Follower {
  readonly messages: readonly Message[];
  /** What went wrong; empty as long as nothing did. */
  readonly problems: readonly string[];
  stop(): Promise<void>;
}

/** Follows by one of the npm packages, in a process of its own. */
export function followByPackage(name: string, url: string): Follower {
  const messages: Message[] = [];
  const problems: string[] = [];
  const child = spawn(process.execPath, [join(__dirname, 'follow.mjs'), name, url], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => messages.push(JSON.parse(line) as Message));
  createInterface({ input: child.stderr }).on('line', (line) => problems.push(line));
  return { messages, problems, stop: () => kill(child) };
}

/** Follows by curl, which is started again with the last id when its connection ends, as a shell script would. */
export function followByCurl(url: string): Follower {
  const messages: Message[] = [];
  const problems: string[] = [];
  let child: ChildProcess | undefined;
  let lastId: string | undefined;
  let stopped = false;
  const run = (): void => {
    const place = lastId === undefined ? [] : ['-H', `Last-Event-ID: ${lastId}`];
    const curl = spawn('/usr/bin/curl', ['--silent', '--no-buffer', '--fail', ...place, url], { stdio: ['ignore', 'pipe', 'ignore'] });
    child = curl;
    let fields: Record<string, string> = {};
    createInterface({ input: curl.stdout }).on('line', (line) => {
      if (line.startsWith(':')) return;
      if (line !== '') {
        const [, name = '', value = ''] = /^(\w+): (.*)$/.exec(line) ?? [];
        fields[name] = value;
        return;
      }
      const { event: type = '', id = '', data } = fields;
      if (data === undefined) problems.push(`a block without data: ${JSON.stringify(fields)}`);
      else messages.push({ type, id, subject: (JSON.parse(data) as Message).subject });
      if (id !== '') lastId = id;
      fields = {};
    });
    curl.once('close', () => {
      if (!stopped) setTimeout(run, 500);
    });
  };
  run();
  return {
    messages,
    problems,
    stop: async () => {
      stopped = true;
      if (child !== undefined) await kill(child);
    },
  };
}

const PAGE = `<!doctype html><script>
const tell = (message) => fetch('/seen', { method: 'POST', body: JSON.stringify(message), keepalive: true });
const source = new EventSource(new URLSearchParams(location.search).get('stream'));
for (const type of ['live', 'replayed', 'reset', 'bye', 'mark', 'message', 'deal.created', 'deal.updated', 'deal.stage_changed']) {
  source.addEventListener(type, ({ data, lastEventId }) => {
    try { tell({ type, id: lastEventId, subject: JSON.parse(data).subject }); } catch (error) { tell({ problem: String(error) }); }
  });
}
</script>`;

/** A server of a page that follows a stream of another origin, and tells what it gets. */
export class BrowserPage implements Follower {
  readonly problems: string[] = [];
  readonly #seen: Message[] = [];
  #browser: ChildProcess | undefined;
  #profile: string | undefined;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly origin: string,
  ) {}

  static async serve(): Promise<BrowserPage> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const page = new BrowserPage(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      if (request.method !== 'POST') {
        response.setHeader('content-type', 'text/html').end(PAGE);
        return;
      }
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        const told = JSON.parse(text) as Message & { problem?: string };
        if (told.problem === undefined) page.#seen.push(told);
        else page.problems.push(told.problem);
        response.end();
      });
    });
    return page;
  }

  /** By the place in the log: what the page tells comes over several connections, in any order. */
  get messages(): readonly Message[] {
    return [...this.#seen].sort((a, b) => placeOf(a) - placeOf(b));
  }

  /** Opens the page in Chromium. */
  async follow(url: string): Promise<void> {
    this.#profile = await mkdtemp(join(tmpdir(), 'zakops-chromium-'));
    this.#browser = spawn(
      '/usr/bin/chromium',
      [
        ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-extensions'],
        ...[`--user-data-dir=${this.#profile}`, `${this.origin}/?stream=${encodeURIComponent(url)}`],
      ],
      { stdio: 'ignore', detached: true },
    );
  }

  async stop(): Promise<void> {
    const browser = this.#browser;
    if (browser?.pid !== undefined && browser.exitCode === null) {
      const ended = once(browser, 'exit');
      // Its session: the browser has processes of its own.
      process.kill(-browser.pid, 'SIGKILL');
      await ended;
    }
    this.server.closeAllConnections();
    this.server.close();
    if (this.#profile !== undefined) await rm(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

function placeOf({ id }: Message): number {
  return Number(id.split('-')[1]);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
