import fc from 'fast-check';
import { eventPatternsToRegex, isEventPattern, matchesEventPattern } from './event-pattern.js';

describe(matchesEventPattern.name, () => {
  it.each([
    ['deal.created', 'deal.created', true],
    ['deal.created', 'deal.created_again', false],
    ['deal.*', 'deal.created', true],
    ['deal.*', 'dealer.created', false],
    ['deal.*', 'deal', false],
    ['*', 'action.failed', true],
  ])('%s means %s: %s', (pattern, type, expected) => {
    expect(matchesEventPattern(pattern, type)).toBe(expected);
  });

  it('says the same as the regular expression that the database uses', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '_'), minLength: 1, maxLength: 3 });
    const type = fc.tuple(word, word).map(([family, name]) => `${family}.${name}`);
    const pattern = fc.oneof(
      type,
      word.map((family) => `${family}.*`),
      fc.constant('*'),
    );
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), type, (patterns, text) => {
        const byRule = patterns.some((one) => matchesEventPattern(one, text));
        return byRule === new RegExp(eventPatternsToRegex(patterns)).test(text);
      }),
    );
  });
});

describe(isEventPattern.name, () => {
  it.each([
    ['deal.created', true],
    ['deal.*', true],
    ['*', true],
    ['*.created', false],
    ['deal', false],
    ['deal.', false],
    ['Deal.created', false],
    ['deal.created.now', false],
    ['', false],
  ])('%j is one: %s', (text, expected) => {
    expect(isEventPattern(text)).toBe(expected);
  });
});
