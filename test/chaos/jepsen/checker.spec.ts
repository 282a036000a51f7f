import { check } from './checker.js';
import type { History } from './history.js';

const CREATED = { id: 'e1', type: 'deal.created', dealId: 'D1', seq: 1, token: 'w0-1', toStage: undefined };
const RENAMED = { id: 'e2', type: 'deal.updated', dealId: 'D1', seq: 2, token: 'w0-2', toStage: undefined };
const MOVED = { id: 'e3', type: 'deal.stage_changed', dealId: 'D1', seq: 3, token: 'w1-1', toStage: 'initial_review' };
const EVENTS = [CREATED, RENAMED, MOVED];
const DEAL = { dealId: 'D1', canonicalName: 'w0-1', displayName: 'w0-2', stage: 'initial_review', version: 3 };
const LOG = EVENTS.map(({ id }, n) => ({ position: n + 1, eventId: id }));
const RECEIVED = LOG.map((entry) => ({ ...entry, dealId: 'D1', atMs: 0 }));
const CALLS = EVENTS.map(({ id }) => ({ eventId: id, deliveryId: `d-${id}` }));

/** A run in which all went well, with what a test changes of it. */
function historyWith(change: Partial<History>): History {
  return {
    writes: EVENTS.map(({ token }) => ({ token, outcome: 'acknowledged' as const, acknowledgedAtMs: 1 })),
    events: EVENTS,
    deals: [DEAL],
    log: LOG,
    effects: EVENTS.map(({ id }) => id),
    followers: [{ name: 'stream', received: RECEIVED, resets: [] }],
    consumers: [{ name: 'mail', calls: CALLS }],
    waiting: 0,
    dead: 0,
    auditProblems: [],
    incidents: [],
    ...change,
  };
}

function findingsWith(change: Partial<History>): string[] {
  return check(historyWith(change)).map(({ kind, detail }) => `${kind}: ${detail}`);
}

describe(check.name, () => {
  it('finds nothing when everything is everywhere once and in order', () => {
    expect(findingsWith({})).toEqual([]);
  });

  it('does not mind a write that nobody knows of, whether it is there or not', () => {
    const { writes } = historyWith({});
    const [first, ...others] = writes;
    if (first === undefined) throw new Error('There is no write.');
    expect(findingsWith({ writes: [{ ...first, outcome: 'unknown' }, ...others] })).toEqual([]);
    expect(findingsWith({ writes: [...writes, { token: 'w9-9', outcome: 'unknown', acknowledgedAtMs: 0 }] })).toEqual([]);
  });

  it('finds what was acknowledged and is not there', () => {
    const { writes } = historyWith({});
    expect(findingsWith({ writes: [...writes, { token: 'w9-9', outcome: 'acknowledged', acknowledgedAtMs: 1 }] })).toEqual([
      'lost: w9-9 was acknowledged and has no event',
    ]);
  });

  it('finds what was refused and is there all the same, and what nobody wrote', () => {
    const [first, second] = historyWith({}).writes;
    if (first === undefined || second === undefined) throw new Error('There are no writes.');
    expect(findingsWith({ writes: [first, { ...second, outcome: 'refused' }] })).toEqual([
      'torn: w0-2 was refused and has an event',
      'torn: nobody wrote w1-1, and it has an event',
    ]);
  });

  it('finds a write with two events', () => {
    const twice = { ...RENAMED, id: 'e4', seq: 4 };
    const events = [...EVENTS, twice];
    expect(
      findingsWith({
        events,
        deals: [{ ...DEAL, version: 4 }],
        log: events.map(({ id }, n) => ({ position: n + 1, eventId: id })),
        effects: events.map(({ id }) => id),
        followers: [],
        consumers: [],
      }),
    ).toEqual(['doubled: w0-2 has 2 events']);
  });

  it.each([
    ['has another version', { version: 4 }],
    ['lacks the last name', { displayName: 'w0-0' }],
    ['lacks the last stage', { stage: 'inbound' }],
  ])('finds a deal that %s than its events say', (_, change) => {
    expect(findingsWith({ deals: [{ ...DEAL, ...change }] })).toEqual([expect.stringMatching(/^torn: the row .* differs from its events/)]);
  });

  it('finds events without a deal, and a hole in the numbers of one', () => {
    expect(findingsWith({ deals: [] })).toEqual(['torn: D1 has events and no row']);
    expect(findingsWith({ events: [CREATED, RENAMED, { ...MOVED, seq: 4 }] })).toEqual(['torn: D1 has number 4 in place 3']);
  });

  it('finds a gap in the log, a missing, a doubled and an early event in it', () => {
    const quiet = { followers: [] };
    expect(findingsWith({ ...quiet, log: LOG.map((entry) => ({ ...entry, position: entry.position + 1 })) })).toEqual([
      'gap: the log has position 2 in place 1',
    ]);
    expect(findingsWith({ ...quiet, log: LOG.slice(0, 2) })).toEqual(['lost: the log lacks w1-1']);
    expect(findingsWith({ ...quiet, log: [...LOG, { position: 4, eventId: 'e1' }] })).toEqual(['doubled: the log has w0-1 again']);
    const swapped = ['e1', 'e3', 'e2'].map((eventId, n) => ({ position: n + 1, eventId }));
    expect(findingsWith({ ...quiet, log: swapped })).toEqual(['disordered: the log has w0-2 (D1, 2) after 3']);
  });

  it('finds a missing, a doubled and an early effect', () => {
    expect(findingsWith({ effects: ['e1', 'e2'] })).toEqual(['lost: deal_activity lacks w1-1']);
    expect(findingsWith({ effects: ['e1', 'e2', 'e3', 'e2'] })).toEqual(['doubled: deal_activity has w0-2 again']);
    expect(findingsWith({ effects: ['e1', 'e3', 'e2'] })).toEqual(['disordered: deal_activity has w0-2 (D1, 2) after 3']);
  });

  it('finds a gap, a double, a step back, another event and a reset of a follower', () => {
    const [one, two, three] = RECEIVED;
    if (one === undefined || two === undefined || three === undefined) throw new Error('Nothing was received.');
    const of = (...received: (typeof RECEIVED)[number][]): string[] =>
      findingsWith({ followers: [{ name: 'stream', received, resets: [] }] });
    expect(of(one, three)).toEqual(['gap: stream got 3 after 1', 'lost: stream lacks w0-2']);
    expect(of(one, two, two, three)).toEqual(['doubled: stream has w0-2 again']);
    expect(of(one, three, two)).toEqual([
      'gap: stream got 3 after 1',
      'disordered: stream got 2 after 3',
      'disordered: stream has w0-2 (D1, 2) after 3',
    ]);
    expect(of(one, { ...two, eventId: 'e3' }, { ...three, eventId: 'e2' })).toEqual([
      'disordered: stream got position 2 for that with 3',
      'disordered: stream got position 3 for that with 2',
      'disordered: stream has w0-2 (D1, 2) after 3',
    ]);
    expect(findingsWith({ followers: [{ name: 'stream', received: RECEIVED, resets: ['{"reason":"slow"}'] }] })).toEqual([
      'reset: stream was told to start over: {"reason":"slow"}',
    ]);
  });

  it('lets a consumer be called again from an earlier event on, and not ahead, nor with another id, nor too seldom', () => {
    const [one, two, three] = CALLS;
    if (one === undefined || two === undefined || three === undefined) throw new Error('There are no calls.');
    const of = (...calls: (typeof CALLS)[number][]): string[] => findingsWith({ consumers: [{ name: 'mail', calls }] });
    expect(of(one, two, one, two, three)).toEqual([]);
    expect(of(one, three, two)).toEqual(['disordered: mail was called with w1-1 before w0-2']);
    expect(of(one, two, { ...two, deliveryId: 'x' }, three)).toEqual(['torn: mail knows w0-2 by two ids']);
    expect(of(one, two)).toEqual(['lost: mail was never called with w1-1']);
  });

  it('wants exactly one dead letter for each poisoned event, and no effect of it', () => {
    const poison = { ...RENAMED, token: 'w0-2-poison' };
    const change = {
      writes: [CREATED, poison, MOVED].map(({ token }) => ({ token, outcome: 'acknowledged' as const, acknowledgedAtMs: 1 })),
      events: [CREATED, poison, MOVED],
      deals: [{ ...DEAL, displayName: 'w0-2-poison' }],
      consumers: [],
    };
    expect(findingsWith({ ...change, effects: ['e1', 'e3'], dead: 1 })).toEqual([]);
    expect(findingsWith({ ...change, effects: ['e1', 'e3'], dead: 0 })).toEqual(['dead: 0 dead letters, and 1 poisoned events']);
    expect(findingsWith({ ...change, effects: ['e1', 'e2', 'e3'], dead: 1 })).toEqual(['doubled: the poison w0-2-poison had an effect']);
  });

  it('passes on what waits, what the audit log lacks, and what processes did', () => {
    expect(findingsWith({ waiting: 2, dead: 1, auditProblems: ['a'], incidents: ['b'] })).toEqual([
      'waiting: 2 tickets wait at the end',
      'dead: 1 dead letters, and 0 poisoned events',
      'audit: a',
      'incident: b',
    ]);
  });
});
