import { addressOf } from './client-address.js';

describe(addressOf.name, () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[2001:DB8:0:0::1]:4711', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['[::ffff:c000:201]:4711', '192.0.2.1'],
  ])('reads %s', (text, address) => {
    expect(addressOf(text)).toBe(address);
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '192.0.2',
    '192.0.2.1:',
    '192.0.2.1:x',
    '[192.0.2.1',
    '[192.0.2.1]',
    '192.0.2.1%eth0',
    '"192.0.2.1"',
    '1.1.1.1 2.2.2.2',
  ])('refuses %j', (text) => {
    expect(addressOf(text)).toBeUndefined();
  });
});
