import { bearerChallenge } from './bearer-challenge.js';

describe(bearerChallenge.name, () => {
  it.each([
    ['UNAUTHORIZED', undefined, 'Bearer realm="zakops"'],
    ['UNAUTHORIZED', 'Basic YTpi', 'Bearer realm="zakops"'],
    ['UNAUTHORIZED', 'Bearer zko_x', 'Bearer realm="zakops", error="invalid_token"'],
    ['UNAUTHORIZED', 'bEARER  zko_x', 'Bearer realm="zakops", error="invalid_token"'],
    ['UNAUTHORIZED', 'Bearer', 'Bearer realm="zakops", error="invalid_token"'],
    ['UNAUTHORIZED', 'Bearerzko_x', 'Bearer realm="zakops"'],
    ['INVALID_CREDENTIALS', 'Bearer zko_x', 'Bearer realm="zakops"'],
  ])('answers %s of a call with %j by %s', (code, authorization, expected) => {
    expect(bearerChallenge({ code }, authorization)).toBe(expected);
  });
});
