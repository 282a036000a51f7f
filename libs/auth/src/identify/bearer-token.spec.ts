import { bearerTokenOf } from './bearer-token.js';

describe(bearerTokenOf.name, () => {
  it.each(['Bearer zko_a', 'bearer zko_a', 'BEARER zko_a', 'Bearer    zko_a'])('reads %j', (header) => {
    expect(bearerTokenOf(header)).toBe('zko_a');
  });

  it('keeps every character of a token', () => {
    expect(bearerTokenOf('Bearer aZ09-._~+/==')).toBe('aZ09-._~+/==');
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearerzko_a',
    'Bearer\tzko_a',
    'Basic zko_a',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer "a"',
  ])('finds none in %j', (header) => {
    expect(bearerTokenOf(header)).toBeUndefined();
  });
});
