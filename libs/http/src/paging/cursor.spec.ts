import fc from 'fast-check';
import { InputError } from '../problem/input-error.js';
import { cursorScope, decodeCursor, encodeCursor } from './cursor.js';

const SCOPE = cursorScope('deals', { stage: 'screening' });

describe(decodeCursor.name, () => {
  it('gives back every key, and its text needs no escaping in an address', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'binary' })), (given) => {
        const key = { ...given };
        const text = encodeCursor(SCOPE, key);
        expect(text).toMatch(/^[\w-]+$/);
        expect(decodeCursor(SCOPE, text)).toEqual(key);
      }),
    );
  });

  it('refuses every text in which one character was changed, added or removed', () => {
    const text = encodeCursor(SCOPE, { created_at: '2026-01-31T12:00:00Z', id: 'DEAL-000042' });
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      for (const changed of [
        text.slice(0, at) + other + text.slice(at + 1),
        text.slice(0, at) + text.slice(at + 1),
        `${text.slice(0, at)}A${text.slice(at)}`,
      ]) {
        if (changed !== text) expect(() => decodeCursor(SCOPE, changed)).toThrow(InputError);
      }
    }
  });

  it('refuses a cursor of another list or another filter, and names the parameter', () => {
    const text = encodeCursor(SCOPE, { id: '1' });
    for (const scope of [cursorScope('deals'), cursorScope('deals', { stage: 'closed' }), cursorScope('actions', { stage: 'screening' })]) {
      expect(() => decodeCursor(scope, text)).toThrow(
        expect.objectContaining({ code: 'VALIDATION_ERROR', fields: [expect.objectContaining({ pointer: 'cursor' })] }) as Error,
      );
    }
  });

  it.each(['', 'abc', 'bnVsbA', 'W10', 'WzEsMl0', '%', 'x'.repeat(5_000)])('refuses the text %j', (text) => {
    expect(() => decodeCursor(SCOPE, text)).toThrow(InputError);
  });
});

describe(cursorScope.name, () => {
  it('does not depend on the order of filters, nor on those that are not given', () => {
    expect(cursorScope('deals', { b: 1, a: [2], c: undefined })).toBe(cursorScope('deals', { a: [2], b: 1 }));
    expect(cursorScope('deals', { a: 1 })).not.toBe(cursorScope('deals', { a: '1' }));
  });
});
