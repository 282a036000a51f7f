import { WeakPasswordError } from './operator.errors.js';
import { parseNewPassword } from './password-rule.js';

const OWNER = { email: 'ann.example@zakops.local', name: 'Ann Elizabeth Example' };

function codeOf(password: string): string | undefined {
  try {
    parseNewPassword(password, OWNER, '/new_password');
    return undefined;
  } catch (error) {
    if (!(error instanceof WeakPasswordError)) throw error;
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', category: 'invalid_input', fields: [{ pointer: '/new_password' }] });
    return error.fields[0]?.code;
  }
}

describe(parseNewPassword.name, () => {
  it.each([
    ['x'.repeat(11), 'TOO_SHORT'],
    ['x'.repeat(12), undefined],
    ['x'.repeat(128), undefined],
    ['x'.repeat(129), 'TOO_LONG'],
    ['\u{1F511}'.repeat(11), 'TOO_SHORT'],
    ['\u{1F511}'.repeat(128), undefined],
    // 24 code points that are 12 characters once composed.
    ['e\u0301'.repeat(12), undefined],
    ['e\u0301'.repeat(11), 'TOO_SHORT'],
    ['ANN.example@zakops.local', 'TOO_SIMPLE'],
    [' ann elizabeth example ', 'TOO_SIMPLE'],
    ['correct horse battery staple', undefined],
  ])('%j: %s', (password, code) => {
    expect(codeOf(password)).toBe(code);
  });

  it('gives one spelling for one password', () => {
    expect(parseNewPassword('e\u0301'.repeat(12), OWNER, '/password')).toBe('\u00e9'.repeat(12));
  });
});
