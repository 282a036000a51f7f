import { withoutValues } from './without-values.js';

describe(withoutValues.name, () => {
  it.each([
    ['Deal DEAL-000017 has 3 notes, 12.5 % of all', 'Deal # has # notes, # % of all'],
    ['connect ECONNREFUSED 192.0.2.1:443', 'connect ECONNREFUSED <address>'],
    ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED ::<address>'],
    ['getaddrinfo ENOTFOUND mail.example.com', 'getaddrinfo ENOTFOUND <address>'],
    ['GET https://example.com/a?b=c#d failed.', 'GET <address> failed.'],
    ['No mailbox for Ana.Muster+x@example.com!', 'No mailbox for <address>!'],
    ['Late since 2026-11-28T02:14:00.123Z, not 2026-11-27.', 'Late since <time>, not <time>.'],
    ['Event 0198c0de-0000-7000-8000-00000000abcd is gone', 'Event # is gone'],
    [`Cannot find "Ana's deal" or 'x' or “y” or «z»`, 'Cannot find <text> or <text> or <text> or <text>'],
    ['Unexpected token, "{ name: Ana', 'Unexpected token, <text>'],
    ["It doesn't end, and the customers' list isn't whole", "It doesn't end, and the customers' list isn't whole"],
    ['user=ana failed', 'user=<text> failed'],
    ['one\n  two', 'one two'],
  ])('of %j keeps %j', (message, kept) => {
    expect(withoutValues(message)).toBe(kept);
  });

  it('keeps the names of the schema that the server quotes, and no value that it quotes', () => {
    const of = (message: string): string => withoutValues(message, { ofSchema: true });
    expect(of('relation "zakops.deal_activity" does not exist')).toBe('relation "zakops.deal_activity" does not exist');
    expect(of('null value in column "name" of relation "deals" violates not-null constraint')).toBe(
      'null value in column "name" of relation "deals" violates not-null constraint',
    );
    expect(of('invalid input syntax for type integer: "secret"')).toBe('invalid input syntax for type integer: <text>');
    expect(withoutValues('no relation "secret"')).toBe('no relation <text>');
  });

  it('keeps what the engine names of the code', () => {
    expect(withoutValues('event.data.foo is not a function', { ofCode: true })).toBe('event.data.foo is not a function');
    expect(withoutValues(`Cannot read properties of undefined (reading 'broker')`)).toBe(
      `Cannot read properties of undefined (reading 'broker')`,
    );
  });

  it('gives ids of any kind the same sign, so that they make no groups of their own', () => {
    const kept = ['12345678', 'a2345678', 'deadbee1', 'DEAL-1', '7f'].map((id) => withoutValues(`No ${id} here`));
    expect(new Set(kept)).toEqual(new Set(['No # here']));
  });

  it('reads a long text in no time, and keeps 300 characters of it', () => {
    const startedAt = performance.now();
    for (const piece of ['a.', '"', `' `, 'a@', '1:', '«', 'a='])
      expect(withoutValues(piece.repeat(100_000)).length).toBeLessThanOrEqual(300);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
