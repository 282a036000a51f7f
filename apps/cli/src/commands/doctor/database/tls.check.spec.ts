import type pg from 'pg';
import { checkDatabaseTls } from './tls.check.js';

// Not encrypted.
const PLAIN = { connection: { stream: {} } } as unknown as pg.Client;

describe(checkDatabaseTls.name, () => {
  it.each([
    'postgresql://zakops@localhost/zakops',
    'postgresql://zakops@127.0.0.2:6000/zakops',
    'postgresql://zakops@[::1]/zakops',
    'postgresql://zakops@%2Fvar%2Frun/zakops',
    'postgresql://zakops@db.example.com/zakops?host=/var/run',
  ])('lets %s be plain', (url) => {
    expect(checkDatabaseTls(PLAIN, url, undefined).state).toBe('ok');
  });

  it.each(['postgresql://zakops@db.example.com/zakops', 'postgresql://zakops@localhost/zakops?host=db.example.com'])(
    'warns of %s',
    (url) => {
      expect(checkDatabaseTls(PLAIN, url, undefined).state).toBe('warning');
    },
  );
});
