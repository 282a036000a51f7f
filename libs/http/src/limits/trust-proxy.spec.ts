import { trustedProxies, trustFunction } from './trust-proxy.js';

describe(trustedProxies.name, () => {
  it.each([
    ['none', 0, []],
    [' None ', 0, []],
    ['false', 0, []],
    ['0', 0, []],
    ['1', 1, []],
    ['10', 10, []],
    ['loopback', 1, ['loopback']],
    ['10.0.0.0/8, fd00::/8,203.0.113.7', 1, ['10.0.0.0/8', 'fd00::/8', '203.0.113.7']],
    ['2, Loopback,10.0.0.0/8', 2, ['loopback', '10.0.0.0/8']],
  ])('reads %j', (text, hops, networks) => {
    expect(trustedProxies().parse(text)).toEqual({ hops, networks });
  });

  // The last ones would believe everybody.
  it.each([
    'true',
    '11',
    '-1',
    '1.5',
    'proxy.internal',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '10.0.0.0/',
    ',',
    '0.0.0.0/0',
    '::/0',
    '11,loopback',
    'loopback,2',
    '1,2',
  ])('refuses %j', (text) => {
    expect(trustedProxies().safeParse(text).success).toBe(false);
  });
});

describe(trustFunction.name, () => {
  const trusts = (text: string, address: string, before: number): boolean => trustFunction(trustedProxies().parse(text))(address, before);

  it.each([
    ['none', '127.0.0.1', 0, false],
    ['2', '203.0.113.7', 1, true],
    ['2', '203.0.113.7', 2, false],
    ['10.0.0.0/8', '10.1.2.3', 0, true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', 0, true],
    ['10.0.0.0/8', '10.1.2.3:4711', 0, true],
    ['10.0.0.0/8', '11.1.2.3', 0, false],
    ['10.0.0.0/8', '10.1.2.3', 1, false],
    ['2,10.0.0.0/8', '10.1.2.3', 1, true],
    ['2,10.0.0.0/8', 'unknown', 1, false],
    ['loopback', '127.9.9.9', 0, true],
    ['uniquelocal', 'fd12::1', 0, true],
    ['uniquelocal', '2001:db8::1', 0, false],
    ['203.0.113.7', '203.0.113.7', 0, true],
    ['203.0.113.7', '203.0.113.8', 0, false],
    ['fd00::1', 'fd00:0::1', 0, true],
  ])('with %s it believes %s behind %i others: %s', (text, address, before, expected) => {
    expect(trusts(text, address, before)).toBe(expected);
  });
});
