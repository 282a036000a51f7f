import { explainFailing, readFailingLoops, sayFailing, sayTime } from './failing-loop.js';

const NOW = new Date('2026-11-27T12:00:00Z');
const told = { loop: 'publishing', since: '2026-11-27T02:14:07.123456+00:00', failures: 13, error: 'Error: no.' };

describe(readFailingLoops.name, () => {
  it('reads what heartbeats write, the longest first', () => {
    const lease = { ...told, loop: 'lease', since: '2026-11-27T03:14:07+02:00' };
    expect(readFailingLoops([told, lease]).map(({ loop, since }) => [loop, since.toISOString()])).toEqual([
      ['lease', '2026-11-27T01:14:07.000Z'],
      ['publishing', '2026-11-27T02:14:07.123Z'],
    ]);
  });

  it.each([
    [null],
    [undefined],
    ['text'],
    [{}],
    [[null, 7, {}]],
    [[{ ...told, since: 'noon' }]],
    [[{ ...told, failures: 'many' }]],
    [[{ ...told, error: undefined }]],
  ])('takes %j for nothing said', (value) => {
    expect(readFailingLoops(value)).toEqual([]);
  });
});

describe(explainFailing.name, () => {
  const [publishing] = readFailingLoops([told]);
  if (publishing === undefined) throw new Error('Nothing was read.');

  it('says since when, how often and of what', () => {
    expect(explainFailing([publishing], NOW)).toBe('publishing has failed since 02:14:07 UTC (13 times): Error: no.');
    expect(explainFailing([{ ...publishing, failures: 1, error: 'Error: no' }], NOW)).toBe(
      'publishing has failed since 02:14:07 UTC (once): Error: no.',
    );
    expect(explainFailing([{ ...publishing, failures: 0, error: 'it waits for an answer' }], NOW)).toBe(
      'publishing has not finished a turn since 02:14:07 UTC: it waits for an answer.',
    );
  });

  it('says each loop once, however many processes have it', () => {
    expect(explainFailing([publishing, { ...publishing, failures: 2 }, { ...publishing, loop: 'lease', failures: 1 }], NOW)).toBe(
      'publishing has failed since 02:14:07 UTC (13 times): Error: no. lease has failed since 02:14:07 UTC (once): Error: no.',
    );
  });

  it('leaves the error out for everybody', () => {
    expect(sayFailing([publishing], NOW)).toBe('publishing has failed since 02:14:07 UTC (13 times).');
  });
});

describe(sayTime.name, () => {
  it('adds the date of another day', () => {
    expect(sayTime(new Date('2026-11-26T23:59:59Z'), NOW)).toBe('2026-11-26 23:59:59 UTC');
    expect(sayTime(new Date('2026-11-27T00:00:00Z'), NOW)).toBe('00:00:00 UTC');
  });
});
