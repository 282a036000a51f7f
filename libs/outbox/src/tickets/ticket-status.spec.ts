import { sqlFrom, sqlTo, TICKET_STATUSES, TICKET_TRANSITIONS } from './ticket-status.js';

describe('TICKET_TRANSITIONS', () => {
  it('reaches every state, and leaves each but delivered', () => {
    const rows = Object.values(TICKET_TRANSITIONS);
    const reached = new Set<string>(['pending', ...rows.map(({ to }) => to)]);
    const left = new Set<string>(rows.flatMap(({ from }) => [...from]));
    expect([...reached].sort()).toEqual([...TICKET_STATUSES].sort());
    expect(TICKET_STATUSES.filter((status) => !left.has(status))).toEqual(['delivered']);
  });

  it('is written into SQL as literals', () => {
    expect([sqlFrom('begin'), sqlTo('begin')]).toEqual([`'pending', 'failed'`, `'processing'`]);
  });
});
