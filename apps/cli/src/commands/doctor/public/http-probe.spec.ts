import { below } from './http-probe.js';

describe(below.name, () => {
  it.each([
    ['https://zakops.example.com', 'https://zakops.example.com/api/version'],
    ['https://zakops.example.com/', 'https://zakops.example.com/api/version'],
    ['https://zakops.example.com:443/deals', 'https://zakops.example.com/deals/api/version'],
    ['https://zakops.example.com/deals/', 'https://zakops.example.com/deals/api/version'],
    ['https://zakops.example.com/deals?x=/y', 'https://zakops.example.com/deals/api/version'],
    ['https://zakops.example.com/deals#x/y', 'https://zakops.example.com/deals/api/version'],
    ['http://[::1]:8000?x', 'http://[::1]:8000/api/version'],
  ])('%s leads to %s', (base, address) => {
    expect(below(new URL(base), 'api/version').href).toBe(address);
  });
});
