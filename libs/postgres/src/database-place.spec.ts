import { databasePlaceOf } from './database-place.js';

describe(databasePlaceOf.name, () => {
  it.each([
    ['postgresql://zakops:secret@db.example.com:6000/zakops', 'db.example.com', 6000, 'zakops'],
    ['postgresql://zakops@DB.example.com/zakops', 'DB.example.com', 5432, 'zakops'],
    ['postgresql://zakops@localhost/zakops?host=db.example.com&port=6000', 'db.example.com', 6000, 'zakops'],
    ['postgresql://zakops@%2Fvar%2Frun/zakops', '/var/run', 5432, 'zakops'],
    ['postgresql://zakops@localhost/zakops?host=/var/run', '/var/run', 5432, 'zakops'],
    ['postgresql://zakops@[::1]:6000/zakops', '::1', 6000, 'zakops'],
    ['postgresql://zakops@localhost/za%20kops?sslmode=verify-full&sslrootcert=/nowhere/ca.pem', 'localhost', 5432, 'za kops'],
  ])('%s leads to %s', (url, host, port, database) => {
    expect(databasePlaceOf(url)).toEqual({ host, port, database });
  });
});
