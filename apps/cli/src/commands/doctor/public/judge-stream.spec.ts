import { judgeStream } from './judge-stream.js';
import type { StreamWatch } from './watch-stream.js';

const INTERVAL_MS = 15_000;

/** A stream that came at once and had its heartbeats at these times. */
function watched(beatsAtMs: readonly number[], seen: Partial<StreamWatch> = {}): StreamWatch {
  const beats = beatsAtMs.map((atMs) => ({ atMs, heartbeats: 1 }));
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    headMs: 30,
    chunks: [{ atMs: 40, heartbeats: 0 }, ...beats],
    endedMs: undefined,
    watchedMs: beatsAtMs.at(-1) ?? 40_000,
    ...seen,
  };
}

describe(judgeStream.name, () => {
  it.each<[string, StreamWatch, string, RegExp]>([
    ['heartbeats in time', watched([9_000, 24_000, 39_000]), 'ok', /heartbeats come every 15 s/],
    ['too short a look', watched([9_000], { watchedMs: 10_000 }), 'ok', /too short to see two heartbeats/],
    ['lumps', watched([14_000, 40_000, 40_001]), 'failure', /in lumps/],
    [
      'two heartbeats in one piece',
      watched([], {
        chunks: [
          { atMs: 10, heartbeats: 0 },
          { atMs: 31_000, heartbeats: 2 },
        ],
      }),
      'failure',
      /in lumps/,
    ],
    ['late heartbeats', watched([9_000, 36_000]), 'failure', /due every 15 s took 27 s/],
    ['no heartbeats at all', watched([], { watchedMs: 40_000 }), 'failure', /due every 15 s took 40 s/],
    ['a first byte that comes late', watched([], { chunks: [{ atMs: 4_100, heartbeats: 0 }] }), 'failure', /first byte came after 4.1 s/],
    ['nothing', watched([], { chunks: [], watchedMs: 5_000 }), 'failure', /Nothing of the stream arrived within 5 s/],
    ['not even a head', watched([], { chunks: [], status: undefined, headers: {}, watchedMs: 5_000 }), 'failure', /Nothing of the stream/],
    ['an end without a word', watched([], { chunks: [], endedMs: 3_000 }), 'failure', /cut off after 3 s without a word/],
    ['an end', watched([9_000], { endedMs: 10_000 }), 'failure', /cut off after 10 s/],
    [
      'compression',
      watched([9_000], { headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' } }),
      'failure',
      /compressed \(gzip\)/,
    ],
    ['another type that begins alike', watched([], { headers: { 'content-type': 'text/event-streaming' } }), 'failure', /no event stream/],
    [
      'the type in capitals, and a body that is said to be as it is',
      watched([9_000, 24_000], { headers: { 'content-type': 'Text/Event-Stream;charset="UTF-8"', 'content-encoding': 'identity' } }),
      'ok',
      /heartbeats come every 15 s/,
    ],
    ['another page', watched([], { headers: { 'content-type': 'text/html' } }), 'failure', /no event stream/],
    ['a wrong address', watched([], { status: 404 }), 'failure', /status 404/],
    ['a login', watched([], { status: 401 }), 'skipped', /needs a login/],
    ['a limit', watched([], { status: 429 }), 'warning', /No stream was let in/],
  ])('judges %s', (_what, watch, state, words) => {
    const finding = judgeStream(watch, INTERVAL_MS);
    expect([finding.state, finding.detail]).toEqual([state, expect.stringMatching(words)]);
    expect(state === 'ok' || finding.advice !== undefined || watch.status === 404).toBe(true);
  });

  it('judges the beginning alone when nobody says how often heartbeats come', () => {
    expect(judgeStream(watched([]), undefined)).toMatchObject({ state: 'ok', measured: { heartbeat_interval_ms: null } });
  });
});
