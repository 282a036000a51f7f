import { ConfigError, loadConfig } from '#zakops/config';
import { HttpConfig } from './http.config.js';

const read = (origins: string | undefined): readonly string[] =>
  loadConfig([HttpConfig], { CORS_ORIGINS: origins }).get(HttpConfig).corsOrigins;

describe(HttpConfig.name, () => {
  it('allows no other origin unless it is told', () => {
    expect(read(undefined)).toEqual([]);
    expect(read('[]')).toEqual([]);
  });

  it('takes a JSON array or commas', () => {
    expect(read('["https://app.example.com","http://localhost:3000"]')).toEqual(['https://app.example.com', 'http://localhost:3000']);
    expect(read('https://app.example.com, http://localhost:3000')).toEqual(['https://app.example.com', 'http://localhost:3000']);
  });

  it.each([
    '*',
    '["*"]',
    '["https://a.example.com","*"]',
    'null',
    'app.example.com',
    'https://a.example.com/',
    'https://a.example.com/x',
    'ftp://a',
    '[1]',
  ])('refuses %s', (origins) => {
    expect(() => read(origins)).toThrow(ConfigError);
  });
});
