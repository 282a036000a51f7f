import { DatabaseTimeoutError, mapDatabaseError } from '#zakops/database';
import { describeFailure } from './describe-failure.js';

const refused = (code: string, message: string): Error =>
  mapDatabaseError(
    Object.assign(new Error(message), { code, detail: 'Key (email)=(a@b.example) already exists.', parameters: ['hidden'] }),
  );

describe(describeFailure.name, () => {
  it('tells what the driver reported, and not what the mapping made of it', () => {
    expect(describeFailure(refused('42501', 'permission denied for table event_log'))).toBe(
      'DatabaseError 42501: permission denied for table event_log',
    );
    expect(describeFailure(new DatabaseTimeoutError(new Error('Query read timeout')))).toBe('DatabaseTimeoutError: Query read timeout');
  });

  it('leaves out a message that holds an address of the database', () => {
    const text = describeFailure(refused('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:5432'));
    expect(text).toBe('DatabaseUnavailableError ECONNREFUSED: the log of the process says more');
  });

  it('leaves out a message that quotes a value', () => {
    const text = describeFailure(refused('22P02', 'invalid input syntax for type uuid: "hidden"'));
    expect(text).toBe('DatabaseError 22P02: the log of the process says more');
  });

  it.each([
    ['an API key', 'no right: zko_abcDEF_123', 'Error: no right: [redacted]'],
    ['the password of an address', 'cannot reach http://me:pw@host/x', 'Error: cannot reach http://[redacted]@host/x'],
  ])('redacts %s', (_what, message, expected) => {
    expect(describeFailure(new Error(message))).toBe(expected);
  });

  it('keeps one line of 200 characters that the database can store', () => {
    const text = describeFailure(new TypeError(`a\u0000b\n\t${'x'.repeat(5_000)}`));
    expect(text).toBe(`TypeError: a\uFFFDb ${'x'.repeat(196)}…[truncated, 1999 characters]`);
  });

  it('quotes nothing of what is not an error', () => {
    expect(describeFailure({ password: 'hidden' })).toBe('object was thrown');
  });
});
