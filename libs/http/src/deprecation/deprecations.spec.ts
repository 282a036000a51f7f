import type { Response } from 'express';
import { announceDeprecations } from './announce-deprecations.js';
import { DEPRECATIONS, deprecationSentence } from './deprecations.js';
import type { Deprecation, DeprecationName } from './deprecations.js';

const NAMES = Object.keys(DEPRECATIONS) as DeprecationName[];
const LEAST_NOTICE_DAYS = 365;
const DAY_MS = 86_400_000;

function headersFor(...used: DeprecationName[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const note = (name: string, value: string): string => (headers[name] = value);
  announceDeprecations({ setHeader: note, append: note } as unknown as Response, used);
  return headers;
}

describe('DEPRECATIONS', () => {
  it.each(NAMES)('%s has real days, a year of notice, and a sentence', (name) => {
    const { since, sunset }: Deprecation = DEPRECATIONS[name];
    for (const day of [since, sunset ?? since]) expect(new Date(day).toISOString().slice(0, 10)).toBe(day);
    if (sunset !== undefined) expect((Date.parse(sunset) - Date.parse(since)) / DAY_MS).toBeGreaterThanOrEqual(LEAST_NOTICE_DAYS);
    expect(deprecationSentence(name)).toMatch(/^[A-Z].* is deprecated since \d{4}-\d\d-\d\d.*: use .*\.$/);
  });
});

describe(announceDeprecations.name, () => {
  const LINK = '</docs>; rel="deprecation"; type="text/html"';

  it('says nothing of a call that uses nothing old', () => {
    expect(headersFor()).toEqual({});
  });

  it('says since when, and nothing of an end that is not planned', () => {
    expect(headersFor('offset')).toEqual({ Deprecation: '@1795737600', Link: LINK });
  });

  it('says the earliest end of several', () => {
    expect(headersFor('offset', 'olderEventTypes')).toEqual({
      Deprecation: '@1795737600',
      Sunset: 'Sat, 01 Jan 2028 00:00:00 GMT',
      Link: LINK,
    });
  });
});
