import { parseAuthority } from './authority.js';

describe(parseAuthority.name, () => {
  it.each([
    ['localhost', 'localhost', undefined],
    ['LocalHost.:8000', 'localhost', 8000],
    ['app.example.com:', 'app.example.com', undefined],
    ['127.1:80', '127.0.0.1', 80],
    ['0x7f000001', '127.0.0.1', undefined],
    ['[::1]:65535', '[::1]', 65_535],
    ['[0:0:0::0001]', '[::1]', undefined],
    ['[::FFFF:127.0.0.1]', '[::ffff:7f00:1]', undefined],
    ['b%C3%BCcher.example', 'xn--bcher-kva.example', undefined],
  ])('reads %s', (text, name, port) => {
    expect(parseAuthority(text)).toEqual({ name, port });
  });

  it.each([
    '',
    ':80',
    'a b',
    'localhost:65536',
    'localhost:x',
    'user@localhost',
    'localhost/x',
    'localhost?x',
    '[::1',
    '::1',
    '[::g]',
    'a\\b',
    '%00',
  ])('refuses %j', (text) => {
    expect(parseAuthority(text)).toBeUndefined();
  });
});
