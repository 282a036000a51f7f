import { existsSync } from 'node:fs';
import { asFile, headerReaders, read, readersIn, tableBelow } from './support/header-readers.js';

const ROOT = process.cwd();
const PATHS = /`((?:libs|apps|test)\/[^`]+\.ts)`/g;

// Lists whose members can hold no separator, not even in quotes, so that splitting is their grammar.
const SPLIT = ['libs/auth/src/sessions/cookie-values.ts', 'libs/http/src/input/content-coding.ts'];

// ASVS 5.0: 1.1.1, 1.2.2, 4.2.4 (one way to read each input).
describe('what callers send in headers and targets', () => {
  const { files, cuts } = headerReaders(ROOT);
  const rows = tableBelow(read(ROOT, 'docs/security.md'), 'What is read by which grammar');
  const places = new Set(rows.flatMap(([, place = '']) => [...place.matchAll(PATHS)].map(([, path = '']) => path)));

  it('is read in places that the table names, each with a grammar, a parser and a test', () => {
    expect(files.size).toBeGreaterThan(10);
    expect([...files].filter((file) => !places.has(file))).toEqual([]);
    for (const row of rows) expect([row.length, row.filter((cell) => cell === '')]).toEqual([5, []]);
    const named = rows.flatMap((row) => row.flatMap((cell) => [...cell.matchAll(PATHS)].map(([, path = '']) => path)));
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('is not cut up by hand', () => {
    expect(cuts.filter((cut) => !SPLIT.some((file) => cut.startsWith(`${file}:`)))).toEqual([]);
  });

  it.each([
    `request.headers.cookie?.split(';')`,
    `const header = request.headers['accept'] ?? ''; header.indexOf(',')`,
    `const { origin } = request.headers; origin.startsWith('https://')`,
    `function f({ headers }: IncomingMessage) { return headers['x-a'].slice(1); }`,
    `const path = request.originalUrl; path.lastIndexOf('?')`,
    `request.get('x-forwarded-for').split(',')`,
    `function read(header: string) { return header.split(','); }`,
    `this.request.url.startsWith('/')`,
  ])('is found where it is cut up: %s', (text) => {
    expect(readersIn(asFile(text)).cutAt).toEqual([1]);
  });

  it.each([`const { cookie } = request.headers;`, `request.rawHeaders.length`, `request.get('user-agent')`, `headers.host`, `request.url`])(
    'is found where it is read: %s',
    (text) => {
      expect(readersIn(asFile(text)).reads).toBe(true);
    },
  );

  it.each([`response.headersSent`, `fetch(url, { headers: { accept: 'x' } })`, `config.url`, `names.split(',')`])(
    'is not seen where there is none: %s',
    (text) => {
      expect(readersIn(asFile(text))).toEqual({ reads: false, cutAt: [] });
    },
  );
});
