import { sanitise } from './sanitise.js';

describe(sanitise.name, () => {
  it.each([
    ['no answer from postgresql://u:p@db:5432/x?ssl=1 now', 'no answer from [address] now'],
    ['no answer from redis://cache:6379 now', 'no answer from [address] now'],
    ['see https://docs.example.com/a', 'see https://docs.example.com/a'],
    ['failed in /srv/app/dist/main.js:10:3', 'failed in [path]'],
    ['failed in file:///srv/app/dist/main.mjs', 'failed in [path]'],
    ['boom\n    at Object.<anonymous> (/srv/a.js:1:2)\n    at b (node:internal/x:3:4)', 'boom'],
    ['There is no GET /openapi.json.', 'There is no GET /openapi.json.'],
    ['There is no GET /api/deals/DEAL-1.', 'There is no GET /api/deals/DEAL-1.'],
    ['a\0b\tc\r\n\r\nSet-Cookie: x', 'a b c Set-Cookie: x'],
    ['half \uD800 of a pair', 'half \uFFFD of a pair'],
  ])('turns %j into %j', (given, shown) => {
    expect(sanitise(given)).toBe(shown);
  });

  it.each(['/a', '/.', 'a.', '-a', ' at ', ' ', 'a:', 'at x:1', '://', 'x@'])('takes no longer for a text that is made of %j', (unit) => {
    const text = unit.repeat(16_384 / unit.length);
    const begunAt = performance.now();
    expect(sanitise(text).length).toBeLessThanOrEqual(2_000);
    expect(performance.now() - begunAt).toBeLessThan(50);
  });

  it('cuts at 2,000 characters and never through a pair', () => {
    expect(sanitise('x'.repeat(2_000))).toBe('x'.repeat(2_000));
    expect(sanitise('x'.repeat(2_001))).toBe(`${'x'.repeat(1_999)}…`);
    expect(sanitise(`${'x'.repeat(1_998)}🛒xx`)).toBe(`${'x'.repeat(1_998)}…`);
  });
});
