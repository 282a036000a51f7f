import { connectionOptions } from './connection-options.js';
import { databaseUrl, isEncrypted } from './database-url.js';

const HERE = 'package.json';
const WHERE = 'postgresql://u:hidden-word@db:5432/x';

function problemsOf(url: string): string[] {
  const { error } = databaseUrl().safeParse(url);
  return error?.issues.map(({ message }) => message) ?? [];
}

describe(databaseUrl.name, () => {
  it.each([
    ['', []],
    ['?sslmode=disable', []],
    ['?sslmode=require', []],
    [`?sslmode=verify-ca&sslrootcert=${HERE}`, []],
    ['?sslmode=verify-full', []],
    ['?sslmode=verify-full&sslrootcert=system', []],
    [`?sslmode=verify-full&sslcert=${HERE}&sslkey=${HERE}`, []],
    ['?sslmode=prefer', ['has an sslmode other than disable, require, verify-ca, verify-full']],
    ['?sslmode=hidden-word', ['has an sslmode other than disable, require, verify-ca, verify-full']],
    ['?sslmode=verify-ca', ['has sslmode=verify-ca and needs the file of a CA as sslrootcert']],
    ['?sslmode=require&sslrootcert=system', ['has sslrootcert=system and needs sslmode=verify-full']],
    ['?sslmode=verify-full&sslrootcert=/hidden-word', ['has an sslrootcert that cannot be read']],
    [`?sslmode=verify-full&sslcert=${HERE}`, ['needs sslcert and sslkey together']],
    ['?ssl=true', ['has the parameter ssl, which is not supported']],
    ['?sslmode=verify-full&sslcrl=/x', ['has the parameter sslcrl, which is not supported']],
  ])('%s has problems %j', (query, expected) => {
    expect(problemsOf(WHERE + query)).toEqual(expected);
  });

  it.each(['mysql://u:hidden-word@db/x', 'postgresql://u:hidden-word@db', 'postgresql://u:hidden-word@@@[/x', 'hidden-word'])(
    'refuses %s in words that quote nothing of it',
    (url) => {
      expect(problemsOf(url)).toHaveLength(1);
      expect(problemsOf(url).join()).not.toContain('hidden-word');
    },
  );
});

describe(isEncrypted.name, () => {
  it.each([
    ['', false],
    ['?sslmode=disable', false],
    ['?sslmode=require', true],
    ['?sslmode=verify-ca', true],
    ['?sslmode=verify-full', true],
  ])('%s: %s', (query, expected) => {
    expect(isEncrypted(WHERE + query)).toBe(expected);
  });
});

/** How values of the server are read. */
const TYPES = { getTypeParser: expect.any(Function) as unknown };

describe(connectionOptions.name, () => {
  it('keeps TLS out of the string, where it would override the options', () => {
    expect(connectionOptions(`${WHERE}?sslmode=require&options=-c%20a%3Db`)).toEqual({
      connectionString: `${WHERE}?options=-c+a%3Db`,
      ssl: { rejectUnauthorized: false },
      types: TYPES,
    });
  });

  it('leaves a string without sslmode alone', () => {
    expect(connectionOptions(WHERE)).toEqual({ connectionString: WHERE, types: TYPES });
  });

  it('encrypts nothing over a socket file', () => {
    expect(connectionOptions('postgresql:///x?host=/run/postgresql&sslmode=require').ssl).toBe(false);
    expect(connectionOptions('postgresql://%2Frun%2Fpostgresql/x?sslmode=verify-full')).toMatchObject({ ssl: false });
  });
});
