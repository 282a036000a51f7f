import fc from 'fast-check';
import { editDistance } from './edit-distance.js';
import { suspiciousNames } from './suspicious-names.js';

const KNOWN = ['DATABASE_URL', 'DATABASE_URL_FILE', 'OUTBOX_WAKE', 'APP_ENV', 'PORT', 'HOST', 'HOSTNAME', 'ZAKOPS_DATA_DIR'];

const found = (...names: readonly string[]): readonly (readonly [string, string | undefined])[] =>
  suspiciousNames(Object.fromEntries(names.map((name) => [name, 'hidden'])), KNOWN).map(({ env, meant }) => [env, meant]);

describe(suspiciousNames.name, () => {
  it.each([
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_URLS', 'DATABASE_URL'],
    ['database_url', 'DATABASE_URL'],
    ['DATABASEURL', 'DATABASE_URL'],
    ['DATABASE-URL', 'DATABASE_URL'],
    ['DATABASE_URL_FLIE', 'DATABASE_URL_FILE'],
    ['OUTBOX_WAKEE', 'OUTBOX_WAKE'],
    ['APP_EVN', 'APP_ENV'],
    ['ZAKOPS_DATADIR', 'ZAKOPS_DATA_DIR'],
  ])('takes %s for %s', (name, meant) => {
    expect(found(name)).toEqual([[name, meant]]);
  });

  it('names what begins with ZAKOPS_ and is unknown, without the value', () => {
    expect(suspiciousNames({ ZAKOPS_COLOUR: 'hidden' }, KNOWN)).toEqual([
      { env: 'ZAKOPS_COLOUR', meant: undefined, warning: 'ZAKOPS_COLOUR is set, but is no setting of ZakOps.' },
    ]);
  });

  it('leaves alone what is known, what shells and platforms set, and what is only like a short name', () => {
    expect(found(...KNOWN, 'PATH', 'HOME', 'PWD', 'SHLVL', 'LOGNAME', 'HOSTTYPE', 'POST', 'HOSTNAMES', 'NODE_ENV', 'NODE_OPTIONS')).toEqual(
      [],
    );
  });

  it('leaves alone what Kubernetes sets for a Service whose name begins with zakops', () => {
    const prefix = 'ZAKOPS_BACKEND';
    const names = [
      'SERVICE_HOST',
      'SERVICE_PORT',
      'SERVICE_PORT_HTTP',
      'PORT',
      'PORT_8000_TCP',
      'PORT_8000_TCP_PROTO',
      'PORT_8000_TCP_ADDR',
    ];
    expect(found(...names.map((name) => `${prefix}_${name}`))).toEqual([]);
  });
});

describe(editDistance.name, () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['abc', 'ab', 1],
    ['abc', 'xabcy', 2],
    ['kitten', 'sitting', 3],
  ])('between %j and %j is %i', (from, to, distance) => {
    expect(editDistance(from, to, 9)).toBe(distance);
  });

  it('is the same in both directions, and 0 for equal texts only', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b, 20)).toBe(editDistance(b, a, 20));
        expect(editDistance(a, b, 20) === 0).toBe(a === b);
      }),
    );
  });

  it('need not be exact above the limit', () => {
    expect(editDistance('abcdefgh', 'zyxwvuts', 2)).toBeGreaterThan(2);
  });
});
