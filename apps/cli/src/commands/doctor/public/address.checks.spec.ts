import { isInside } from './address.checks.js';

describe(isInside.name, () => {
  it.each([
    'http://localhost',
    'http://LOCALHOST.:8000',
    'http://zakops-api',
    'http://zakops-api.zakops.svc',
    'http://zakops-api.zakops.svc.',
    'http://127.1',
    'http://10.1.2.3',
    'http://172.31.0.1',
    'http://192.168.1.1',
    'http://169.254.1.1',
    'http://[::1]',
    'http://[::ffff:10.0.0.1]',
    'http://[fe80::1]',
    'http://[fd00::1]',
  ])('%s is', (url) => {
    expect(isInside(new URL(url).hostname)).toBe(true);
  });

  it.each([
    'http://zakops.example.com',
    'http://10.example.com',
    'http://192.168.example.com',
    'http://127.0.0.1.example.com',
    'http://172.32.0.1',
    'http://203.0.113.7',
    'http://[2001:db8::fd]',
    'http://svc.example.com',
  ])('%s is not', (url) => {
    expect(isInside(new URL(url).hostname)).toBe(false);
  });
});
