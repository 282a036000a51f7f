import { Agent, get } from 'node:http';
import type { ClientRequest } from 'node:http';

// Every client counts; a few read what they get, so that reading does not become what is measured.
const READERS = 20;

let frames = 0;
let delaysMs: number[] = [];
const requests: ClientRequest[] = [];

/** Clients of streams in a process of their own: `open` so many, then `report` and begin anew. */
process.on('message', (message: { open?: { url: string; streams: number }; report?: true }) => {
  if (message.open !== undefined) void openAll(message.open.url, message.open.streams).then(() => process.send?.({ opened: true }));
  if (message.report === true) {
    process.send?.({ frames, delaysMs });
    frames = 0;
    delaysMs = [];
  }
});
process.once('disconnect', () => process.exit());

async function openAll(url: string, streams: number): Promise<void> {
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  const AT_ONCE = 100;
  while (requests.length < streams) {
    const batch = Math.min(AT_ONCE, streams - requests.length);
    await Promise.all(Array.from({ length: batch }, () => openOne(agent, url)));
  }
}

function openOne(agent: Agent, url: string): Promise<void> {
  const reads = requests.length < READERS;
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { accept: 'text/event-stream' } }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`A stream was answered with ${String(response.statusCode)}.`));
        return;
      }
      response.on('data', reads ? readFrames : countFrames);
      response.on('error', () => undefined);
      resolve();
    });
    request.on('error', reject);
    requests.push(request);
  });
}

/** A frame of an event has one line with its data. */
function countFrames(chunk: Buffer): void {
  for (let at = chunk.indexOf('\ndata: {"specversion'); at >= 0; at = chunk.indexOf('\ndata: {"specversion', at + 1)) frames += 1;
}

function readFrames(chunk: Buffer): void {
  countFrames(chunk);
  const now = Date.now();
  for (const [, time] of chunk.toString().matchAll(/"time":"([^"]+)"/g)) delaysMs.push(now - Date.parse(time ?? ''));
}
