import { trustedProxies } from './trust-proxy.js';

describe(trustedProxies.name, () => {
  it.each([
    ['none', false],
    [' None ', false],
    ['false', false],
    ['0', false],
    ['1', 1],
    ['10', 10],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, fd00::/8,203.0.113.7', ['10.0.0.0/8', 'fd00::/8', '203.0.113.7']],
  ])('reads %j', (text, proxies) => {
    expect(trustedProxies().parse(text)).toEqual(proxies);
  });

  // The last ones would believe everybody.
  it.each(['true', '11', '-1', '1.5', 'proxy.internal', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0/8', '10.0.0.0/', ',', '0.0.0.0/0', '::/0'])(
    'refuses %j',
    (text) => {
      expect(trustedProxies().safeParse(text).success).toBe(false);
    },
  );
});
