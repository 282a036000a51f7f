import { foldText } from '#zakops/kernel';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import fc from 'fast-check';

const CHARACTERS = Array.from({ length: 0x11_0000 }, (_, code) => code).filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff));

describe('zakops.fold', () => {
  let database: TestDatabase;
  let isAssigned: ReadonlySet<number>;

  beforeAll(async () => {
    database = await createTestDatabase();
    // Each side knows the characters of its own version of Unicode.
    const unknown = await database.query<{ code: number }>(
      `SELECT code FROM generate_series(1, 1114111) AS code WHERE code NOT BETWEEN 55296 AND 57343 AND NOT unicode_assigned(chr(code))`,
    );
    const unassigned = new Set(unknown.map(({ code }) => code));
    isAssigned = new Set(CHARACTERS.filter((code) => !unassigned.has(code) && /\p{Assigned}/u.test(String.fromCodePoint(code))));
  });

  afterAll(() => database.drop());

  it('gives for every character what foldText gives', async () => {
    const rows = await database.query<{ code: number; folded: string }>(
      `SELECT code, zakops.fold(chr(code)) AS folded FROM generate_series(1, 1114111) AS code
        WHERE code NOT BETWEEN 55296 AND 57343 AND zakops.fold(chr(code)) <> chr(code)`,
    );
    const folded = new Map(rows.map((row) => [row.code, row.folded]));
    const character = (code: number): string => String.fromCodePoint(code);
    const differing = [...isAssigned].filter((code) => (folded.get(code) ?? character(code)) !== foldText(character(code)));
    expect(differing.map(character)).toEqual([]);
    expect(folded.size).toBeGreaterThan(5_000);
  });

  it('gives for texts what foldText gives, and nothing else for what it gave', async () => {
    const odd = fc.constantFrom(
      '\u0301',
      '\u0307',
      '\u0345',
      '\u030C',
      'i',
      'I',
      'İ',
      'ı',
      'J',
      'H\u0331',
      'Σ',
      'ß',
      'ẞ',
      '한',
      '\u1112\u1161',
      'ﬁ',
      '％',
      '',
    );
    const text = fc.array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 3 }))).map((parts) => parts.join(''));
    const texts = fc
      .sample(text, 2_000)
      .filter((sample) => !sample.includes('\0') && Array.from(sample).every((character) => isAssigned.has(character.codePointAt(0) ?? 0)));
    const rows = await database.query<{ once: string; twice: string }>(
      'SELECT zakops.fold(t) AS once, zakops.fold(zakops.fold(t)) AS twice FROM unnest($1::text[]) WITH ORDINALITY AS given(t, n) ORDER BY n',
      [texts],
    );
    expect(rows.map(({ once }) => once)).toEqual(texts.map(foldText));
    expect(rows.map(({ twice }) => twice)).toEqual(rows.map(({ once }) => once));
    expect(texts.length).toBeGreaterThan(1_000);
  });

  it('serves the search for an operator by an index', async () => {
    await database.query('SET enable_seqscan = off');
    const plan = await database.query<Record<'QUERY PLAN', string>>(
      `EXPLAIN SELECT FROM zakops.operators o WHERE zakops.fold(o.email) = zakops.fold('É@x')`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('operators_email_idx');
  });
});
