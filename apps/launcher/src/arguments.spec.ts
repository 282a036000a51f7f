import { readArguments } from './arguments.js';

describe(readArguments.name, () => {
  it.each([
    [[], { auth: false, demo: false, help: false }],
    [['--auth'], { auth: true, demo: false, help: false }],
    [['--demo'], { auth: false, demo: true, help: false }],
    [['--help'], { auth: false, demo: false, help: true }],
    [['-h', '--auth'], { auth: true, demo: false, help: true }],
  ])('%j', (given, expected) => {
    expect(readArguments(given)).toEqual(expected);
  });

  it.each(['--Auth', '--auth=true', 'auth', '--aut', ''])('refuses %j', (argument) => {
    expect(() => readArguments(['--auth', argument])).toThrow(`There is no argument ${argument}:`);
  });
});
