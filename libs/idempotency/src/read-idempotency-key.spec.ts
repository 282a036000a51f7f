import { InputError } from '#zakops/http';
import { readIdempotencyKey } from './read-idempotency-key.js';

describe(readIdempotencyKey.name, () => {
  it.each([
    ['no header', {}, undefined],
    ['the header', { 'idempotency-key': 'a' }, 'a'],
    ['its older name', { 'x-idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324' }, '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['a quoted string', { 'idempotency-key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"' }, '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['a quoted string with escapes', { 'idempotency-key': String.raw`"a\"b\\c"` }, String.raw`a"b\c`],
    ['both, one of them quoted', { 'idempotency-key': '"a"', 'x-idempotency-key': 'a' }, 'a'],
    ['quotes inside of a bare key', { 'idempotency-key': 'a"b' }, 'a"b'],
    ['255 characters in quotes', { 'idempotency-key': `"${'!'.repeat(255)}"` }, '!'.repeat(255)],
    ['both, alike', { 'idempotency-key': 'a', 'x-idempotency-key': 'a' }, 'a'],
    ['255 characters', { 'idempotency-key': '!'.repeat(255) }, '!'.repeat(255)],
  ])('reads %s', (_, headers, key) => {
    expect(readIdempotencyKey(headers)).toBe(key);
  });

  it.each([
    [{ 'idempotency-key': '' }],
    [{ 'idempotency-key': ' ' }],
    // As Node gives a header that was sent twice.
    [{ 'idempotency-key': 'a, a' }],
    [{ 'idempotency-key': 'a\u007f' }],
    [{ 'idempotency-key': '""' }],
    [{ 'idempotency-key': '"' }],
    [{ 'idempotency-key': '"a' }],
    [{ 'idempotency-key': '"a b"' }],
    [{ 'idempotency-key': '"a";p=1' }],
    [{ 'idempotency-key': '"a", "a"' }],
    [{ 'idempotency-key': String.raw`"a\b"` }],
    [{ 'idempotency-key': `"${'!'.repeat(256)}"` }],
    [{ 'idempotency-key': '\u00fc' }],
    [{ 'x-idempotency-key': '!'.repeat(256) }],
    [{ 'idempotency-key': 'a', 'x-idempotency-key': 'b' }],
    [{ 'idempotency-key': 'a', 'x-idempotency-key': '' }],
  ])('refuses %j', (headers) => {
    expect(() => readIdempotencyKey(headers)).toThrow(InputError);
  });
});
