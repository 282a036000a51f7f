import { cookieValues } from './cookie-values.js';

describe(cookieValues.name, () => {
  it.each([
    [undefined, []],
    ['', []],
    ['a=1', ['1']],
    ['x=0; a=1; b=2', ['1']],
    ['x=0;a=1', ['1']],
    ['x=0;\ta=1\t;b=2', ['1']],
    ['a =1', ['1']],
    ['a= 1 ', ['1']],
    [';;; a=1', ['1']],
    ['a=', ['']],
    ['a=1=2', ['1=2']],
    ['a="1"', ['"1"']],
    ['a=%31', ['%31']],
    ['a=1; a=2;a=1', ['1', '2', '1']],
    ['A=1; xa=2; ax=3; x=a=4; a', []],
    ['__proto__=1; constructor=2', []],
  ])('reads %j as %j', (header, values) => {
    expect(cookieValues(header, 'a')).toEqual(values);
  });
});
