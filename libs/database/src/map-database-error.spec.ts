import { DomainError } from '#zakops/kernel';
import { QueryFailedError } from 'typeorm';
import { DatabaseError, DatabaseTimeoutError, DatabaseUnavailableError } from './database.errors.js';
import { databaseErrorFields, isRetryableConflict, isUniqueViolation, losesConnection, mapDatabaseError } from './map-database-error.js';

function driverError(code: string, constraint?: string): QueryFailedError {
  return new QueryFailedError('SELECT secret', [], Object.assign(new Error('driver says'), { code, constraint }));
}

describe(mapDatabaseError.name, () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '08006', '53300', '57P01', '57P03'])('%s means that the database cannot be reached', (code) => {
    expect(mapDatabaseError(driverError(code))).toBeInstanceOf(DatabaseUnavailableError);
  });

  it.each(['timeout exceeded when trying to connect', 'Connection terminated unexpectedly', 'Query read timeout'])(
    'so does "%s", which has no code',
    (message) => {
      expect(mapDatabaseError(new Error(message))).toBeInstanceOf(DatabaseUnavailableError);
    },
  );

  const AWAY = [
    '08006',
    '25006',
    '28P01',
    '28000',
    '3D000',
    '53100',
    '53200',
    '53300',
    '55006',
    '57P01',
    '57P04',
    '57P05',
    '58030',
    'F0000',
  ];
  it.each(AWAY)('%s means another server, or none, and a connection that is not used again', (code) => {
    expect(mapDatabaseError(driverError(code))).toMatchObject({ category: 'unavailable', retryAfterSeconds: 5 });
    expect(losesConnection(driverError(code))).toBe(true);
  });

  it.each(['25P03', '25P04', '55P03', '57014'])('%s means that it took too long', (code) => {
    expect(mapDatabaseError(driverError(code))).toBeInstanceOf(DatabaseTimeoutError);
  });

  it.each(['40000', '40001', '40P01', '72000'])('%s means that others were faster', (code) => {
    expect(mapDatabaseError(driverError(code))).toMatchObject({ category: 'unavailable', retryAfterSeconds: 1 });
    expect(losesConnection(driverError(code))).toBe(false);
  });

  it.each([
    ['23505', 'conflict'],
    ['23P01', 'conflict'],
    ['54000', 'too_large'],
    ['XX000', 'internal'],
    ['42501', 'internal'],
  ])('%s is %s', (code, category) => {
    expect(mapDatabaseError(driverError(code))).toMatchObject({ category });
    expect(losesConnection(driverError(code))).toBe(false);
  });

  it.each(['42P01', '22P02', '23503'])('%s is a refusal whose detail tells nothing of the statement', (code) => {
    const mapped = mapDatabaseError(driverError(code));
    expect(mapped).toBeInstanceOf(DatabaseError);
    expect(mapped.message).not.toContain('secret');
  });

  it('leaves errors of ours and unknown ones as they are', () => {
    const ours = new DomainError({ code: 'X', category: 'conflict', detail: 'x' });
    const unknown = new RangeError('x');
    expect([mapDatabaseError(ours), mapDatabaseError(unknown)]).toEqual([ours, unknown]);
  });
});

describe(databaseErrorFields.name, () => {
  it('finds code and constraint under the driver error', () => {
    expect(databaseErrorFields(driverError('23505', 'some_idx'))).toEqual({
      sqlState: '23505',
      constraint: 'some_idx',
      routine: undefined,
    });
    expect(isUniqueViolation(driverError('23505', 'some_idx'), 'some_idx')).toBe(true);
    expect(isUniqueViolation(driverError('23505', 'other_idx'), 'some_idx')).toBe(false);
  });

  it.each([
    ['40001', true],
    ['40P01', true],
    ['23505', false],
  ])('%s is worth another run: %s', (code, expected) => {
    expect(isRetryableConflict(driverError(code))).toBe(expected);
  });
});
