import { parseAuthority } from './authority.js';
import { isLoopback, OwnHosts } from './own-hosts.js';

describe(OwnHosts.name, () => {
  const isOurs = (host: string, { listensOn = '0.0.0.0', named = [] as string[], local = '10.0.0.5' } = {}): boolean => {
    const authority = parseAuthority(host);
    if (authority === undefined) throw new Error(`${host} is no host.`);
    return new OwnHosts(listensOn, named).has(authority, local);
  };

  it.each(['localhost', 'LOCALHOST.:1', '127.0.0.1', '127.9.9.9:8000', '127.1', '[::1]:80', '[::ffff:127.0.0.1]', '10.0.0.5'])(
    'has %s always',
    (host) => {
      expect(isOurs(host)).toBe(true);
    },
  );

  it.each(['evil.example', 'localhost.evil.example', 'x.localhost', '10.0.0.6', '0.0.0.0', '[::]', '[::2]', 'zakops'])(
    'has not %s',
    (host) => {
      expect(isOurs(host)).toBe(false);
      expect(isOurs(host, { listensOn: '::' })).toBe(false);
    },
  );

  it('has the name that it listens on, and those that it is told', () => {
    expect(isOurs('Build-Box:8000', { listensOn: 'build-box' })).toBe(true);
    expect(isOurs('[fd00:0::1]', { listensOn: 'fd00::1' })).toBe(true);
    expect(isOurs('192.0.2.1', { listensOn: '::ffff:192.0.2.1' })).toBe(true);
    expect(isOurs('API.example.com', { named: ['api.example.com'] })).toBe(true);
    expect(isOurs('x.api.example.com', { named: ['api.example.com'] })).toBe(false);
  });

  it('knows the address that a connection came to in both of its forms', () => {
    expect(isOurs('10.0.0.5:8000', { local: '::ffff:10.0.0.5' })).toBe(true);
    expect(isOurs('[fd00::5]', { local: 'fd00:0:0::5' })).toBe(true);
    expect(isOurs('[fe80::5]', { local: 'fe80::5%eth0.100' })).toBe(true);
  });
});

describe(isLoopback.name, () => {
  it.each(['localhost', 'LocalHost.', '127.0.0.1', '127.9.9.9', '127.1', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
    '%s is',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each(['', '0.0.0.0', '::', '10.0.0.1', '127.example.com', 'localhost.example.com', 'x.localhost', '::127.0.0.1', '128.0.0.1'])(
    '%j is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
