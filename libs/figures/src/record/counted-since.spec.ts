import { CountedSince } from './counted-since.js';

describe(CountedSince.name, () => {
  it('gives what was counted since the last call, without what did not grow', () => {
    const sut = new CountedSince();
    expect(sut.take({ 'http.requests': 3, 'http.errors': 0 })).toEqual({ 'http.requests': 3 });
    expect(sut.take({ 'http.requests': 5, 'http.errors': 1 })).toEqual({ 'http.requests': 2, 'http.errors': 1 });
    expect(sut.take({ 'http.requests': 5, 'http.errors': 1 })).toEqual({});
  });
});
