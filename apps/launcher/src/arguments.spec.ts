import { readArguments } from './arguments.js';

describe(readArguments.name, () => {
  it.each([
    [[], { auth: false, help: false }],
    [['--auth'], { auth: true, help: false }],
    [['--help'], { auth: false, help: true }],
    [['-h', '--auth'], { auth: true, help: true }],
  ])('%j', (given, expected) => {
    expect(readArguments(given)).toEqual(expected);
  });

  it.each(['--Auth', '--auth=true', 'auth', '--aut', ''])('refuses %j', (argument) => {
    expect(() => readArguments(['--auth', argument])).toThrow(`There is no argument ${argument}:`);
  });
});
