import fc from 'fast-check';
import { stringRule } from '../fields/rules.js';
import type { ValueRule } from '../fields/value-rule.js';
import { InputError } from '../problem/input-error.js';
import { CURSOR_RULES } from './cursor-rules.js';
import { Cursors, cursorScope } from './cursors.js';

const SCOPE = cursorScope('deals', { stage: 'screening' });
const ANY = stringRule();
const REFUSAL = expect.objectContaining({
  code: 'VALIDATION_ERROR',
  fields: [expect.objectContaining({ pointer: 'cursor', code: 'INVALID_CURSOR' })],
}) as Error;

describe(Cursors.name, () => {
  const cursors = new Cursors(['the secret of all replicas']);

  it('gives back every key, and its text needs no escaping in an address', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'binary' })), (given) => {
        const key = { ...given };
        const rules = Object.fromEntries(Object.keys(key).map((name) => [name, ANY]));
        const text = cursors.write(SCOPE, key);
        expect(text).toMatch(/^[\w-]+$/);
        expect(cursors.read(SCOPE, text, rules)).toEqual(key);
      }),
    );
  });

  it('has no cursor on the last page, and no key without a cursor', () => {
    expect(cursors.write(SCOPE, null)).toBeNull();
    expect(cursors.read(SCOPE, undefined, { id: ANY })).toBeUndefined();
  });

  it('refuses every text in which one character was changed, added or removed', () => {
    const text = cursors.write(SCOPE, { created_at: '2026-01-31T12:00:00Z', id: 'DEAL-000042' });
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      for (const changed of [
        text.slice(0, at) + other + text.slice(at + 1),
        text.slice(0, at) + text.slice(at + 1),
        `${text.slice(0, at)}A${text.slice(at)}`,
      ]) {
        if (changed !== text) expect(() => cursors.read(SCOPE, changed, { created_at: ANY, id: ANY })).toThrow(InputError);
      }
    }
  });

  it('refuses a cursor of another list or another filter, and names the parameter', () => {
    const text = cursors.write(SCOPE, { id: '1' });
    for (const scope of [cursorScope('deals'), cursorScope('deals', { stage: 'closed' }), cursorScope('actions', { stage: 'screening' })]) {
      expect(() => cursors.read(scope, text, { id: ANY })).toThrow(REFUSAL);
    }
  });

  it.each(['', 'abc', 'bnVsbA', 'W10', 'WzEsMl0', '%', 'x'.repeat(5_000)])('refuses the text %j', (text) => {
    expect(() => cursors.read(SCOPE, text, { id: ANY })).toThrow(REFUSAL);
  });

  it('refuses what another secret has signed', () => {
    expect(() => cursors.read(SCOPE, new Cursors(['guessed']).write(SCOPE, { id: '1' }), { id: ANY })).toThrow(REFUSAL);
  });

  it('takes what another replica and the secret before have signed', () => {
    const rotated = new Cursors(['the next secret', 'the secret of all replicas']);
    expect(rotated.read(SCOPE, cursors.write(SCOPE, { id: '1' }), { id: ANY })).toEqual({ id: '1' });
    expect(() => cursors.read(SCOPE, rotated.write(SCOPE, { id: '1' }), { id: ANY })).toThrow(REFUSAL);
  });

  it.each<[string, unknown]>([
    ['a member that breaks its rule', { id: 'x', at: '1' }],
    ['a missing member', { id: '1' }],
    ['a member too many', { id: '1', at: '1', more: '1' }],
    ['a number', { id: 1, at: '1' }],
    ['nothing where a text belongs', { id: null, at: '1' }],
    ['a list', ['1', '1']],
    ['a text', '1'],
    ['an inherited name', { id: '1', constructor: '1' }],
  ])('refuses %s, although it is signed', (_, key) => {
    const text = cursors.write(SCOPE, key as never);
    expect(() => cursors.read(SCOPE, text, { id: CURSOR_RULES.wholeNumber, at: CURSOR_RULES.wholeNumber })).toThrow(REFUSAL);
  });
});

describe('CURSOR_RULES', () => {
  it.each<[keyof typeof CURSOR_RULES, string, boolean]>([
    ['wholeNumber', '-12', true],
    ['wholeNumber', '1e3', false],
    ['wholeNumber', '9223372036854775808', false],
    ['wholeNumbers', '', true],
    ['wholeNumbers', '12', true],
    ['wholeNumbers', '12,13', true],
    ['wholeNumbers', ',', false],
    ['wholeNumbers', '12,', false],
    ['wholeNumbers', '9223372036854775808', false],
    ['fraction', '0.85', true],
    ['fraction', '1e-7', true],
    ['fraction', String(Number.EPSILON), true],
    ['fraction', '1', true],
    ['fraction', 'NaN', false],
    ['fraction', '', false],
    ['fraction', '0x1', false],
    ['fraction', '1e-999', false],
    ['uuid', '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', true],
    ['uuid', '0199c4a2', false],
    ['instant', '2026-01-31T12:00:00.000001Z', true],
    ['instant', '2026-01-31T12:00:00.000001+23:59', false],
    ['instant', '0000-01-31T12:00:00.000001Z', false],
    ['instant', '2026-02-31T12:00:00.000001Z', false],
    ['instant', '2026-13-01T12:00:00.000001Z', false],
    ['instant', "now'", false],
  ])('%s takes %s: %s', (name, text, taken) => {
    const rule: ValueRule = CURSOR_RULES[name];
    expect(rule.faults(text).length === 0).toBe(taken);
  });
});

describe(cursorScope.name, () => {
  it('does not depend on the order of filters, nor on those that are not given', () => {
    expect(cursorScope('deals', { b: 1, a: [2], c: undefined })).toBe(cursorScope('deals', { a: [2], b: 1 }));
    expect(cursorScope('deals', { a: 1 })).not.toBe(cursorScope('deals', { a: '1' }));
  });
});
