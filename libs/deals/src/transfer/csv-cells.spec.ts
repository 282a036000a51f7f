import fc from 'fast-check';
import { fromSafeCell, toSafeCell } from './csv-cells.js';

describe(toSafeCell.name, () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+49 30 1', "'+49 30 1"],
    ['-5', "'-5"],
    ['@cmd', "'@cmd"],
    ['\t=1', "'\t=1"],
    ["'quoted", "''quoted"],
    ['Acme = best', 'Acme = best'],
    ['', ''],
  ])('writes %j as %j', (text, cell) => {
    expect(toSafeCell(text)).toBe(cell);
  });

  it('is undone for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '=', '-', 'a', '\t') }), (text) => {
        expect(fromSafeCell(toSafeCell(text))).toBe(text);
      }),
    );
  });
});
