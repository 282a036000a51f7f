import { sayWaitsFor, toWaitsFor } from './waits-for.js';

const ID = '4fc5106d-0dc0-3691-3356-88d7064f3758';
const AT = new Date('2026-11-28T02:14:07Z');

describe(sayWaitsFor.name, () => {
  it.each([
    ['pending', null, 'which is taken next'],
    ['pending', AT, 'which is due since 2026-11-28T02:14:07.000Z'],
    ['processing', null, 'which a worker has in hand'],
    ['failed', AT, 'which failed, and whose next try is due 2026-11-28T02:14:07.000Z'],
    ['dead', null, 'which is dead and blocks: retry or discard it'],
  ] as const)('says what a %s ticket before does', (status, dueAt, then) => {
    expect(sayWaitsFor({ kind: 'ticket', id: ID, status, position: 7, dueAt })).toBe(`It stands behind ticket ${ID}, ${then}.`);
  });

  it('names a pause and its end', () => {
    expect(sayWaitsFor({ kind: 'pause', id: ID, endsAt: AT })).toBe(`It stands behind pause ${ID}, which ends 2026-11-28T02:14:07.000Z.`);
  });
});

describe(toWaitsFor.name, () => {
  const NONE = { w_id: null, w_status: null, w_position: null, w_due_at: null, z_id: null, z_ends_at: null };

  it('reads the ticket before, then the pause, or nothing', () => {
    const ticket = { ...NONE, w_id: ID, w_status: 'failed', w_position: '7', w_due_at: AT } as const;
    const before = { kind: 'ticket', id: ID, status: 'failed', position: 7, dueAt: AT };
    expect(toWaitsFor(ticket)).toEqual(before);
    expect(toWaitsFor({ ...ticket, z_id: ID, z_ends_at: AT })).toEqual(before);
    expect(toWaitsFor({ ...NONE, z_id: ID, z_ends_at: AT })).toEqual({ kind: 'pause', id: ID, endsAt: AT });
    expect(toWaitsFor(NONE)).toBeNull();
  });
});
