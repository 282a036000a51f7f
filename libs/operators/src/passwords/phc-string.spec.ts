import fc from 'fast-check';
import { formatPhc, parsePhc } from './phc-string.js';

describe(parsePhc.name, () => {
  it('reads what formatPhc writes', () => {
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 64 }).map((given) => Buffer.from(given));
    fc.assert(
      fc.property(bytes, bytes, fc.option(fc.nat(9_999), { nil: undefined }), fc.nat(999_999_999), (salt, hash, version, m) => {
        const phc = { id: 'argon2id', version, parameters: { m, t: 2, p: 1 }, salt, hash };
        expect(parsePhc(formatPhc(phc))).toEqual(phc);
      }),
    );
  });

  it.each([
    '',
    '$',
    'argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA',
    '$argon2id$v=19$m=1,t=1,p=1$c2FsdA',
    '$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA$more',
    '$argon2id$v=19$m=-1,t=1,p=1$c2FsdA$aGFzaA',
    '$argon2id$v=19$m=1e9$c2FsdA$aGFzaA',
    '$argon2id$v=19$m=1,t=1,p=1$c2F-sd$aGFzaA',
    `$argon2id$v=19$m=1$${'A'.repeat(600)}$aGFzaA`,
  ])('reads nothing from %j', (text) => {
    expect(parsePhc(text)).toBeUndefined();
  });
});
