import { PassThrough } from 'node:stream';
import { LauncherConsole } from './launcher-console.js';

const HOSTILE = '\u001B[2J\u009B31m\u001B]8;;http://evil.example\u0007bill\rok\b';
const SHOWN = '\\u001b[2J\\u009b31m\\u001b]8;;http://evil.example\\u0007bill\\u000dok\\u0008';

function setup(readable: boolean): { sut: LauncherConsole; out: () => string; errors: () => string } {
  const [out, errors] = [new PassThrough(), new PassThrough()];
  return {
    sut: new LauncherConsole(out, errors, readable),
    out: () => String(out.read() ?? ''),
    errors: () => String(errors.read() ?? ''),
  };
}

describe(LauncherConsole.name, () => {
  it('shows what a terminal would obey in its own lines', () => {
    const { sut, out } = setup(true);
    sut.say(HOSTILE);
    expect(out()).toBe(`${SHOWN}\n`);
  });

  it('shows it in the reason of an end, and in the lines that explain it', () => {
    const { sut, errors } = setup(true);
    sut.complain(HOSTILE, [HOSTILE]);
    expect(errors()).toBe(`ZakOps cannot run: ${SHOWN}\n  ${SHOWN}\n`);
  });

  it('shows it in lines of children, also where it was hidden in JSON', () => {
    const { sut, out } = setup(true);
    sut.childLine('api', HOSTILE);
    sut.childLine('api', JSON.stringify({ level: 'info', message: HOSTILE }));
    expect(out()).toBe(`api     | ${SHOWN}\napi     | INFO  ${SHOWN}\n`);
  });

  it('leaves piped JSON the same value', () => {
    const { sut, out } = setup(false);
    const entry = { level: 'info', message: HOSTILE };
    sut.childLine('api', JSON.stringify(entry));
    const line = out();
    expect(line).not.toContain('\u009B');
    expect(JSON.parse(line)).toEqual(entry);
  });
});
