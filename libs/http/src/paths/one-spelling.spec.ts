import { inOneSpelling } from './one-spelling.js';

describe(inOneSpelling.name, () => {
  it.each([
    ['/api/deals/DEAL%2D000001', '/api/deals/DEAL-000001'],
    ['/%61pi/%7euser/%5f%2E', '/api/~user/_.'],
    ['/a%2fb%2Fc', '/a%2Fb%2Fc'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/a%252D', '/a%252D'],
    ['/%zz%', '/%zz%'],
  ])('writes %s as %s', (path, spelled) => {
    expect(inOneSpelling(path)).toBe(spelled);
  });
});
