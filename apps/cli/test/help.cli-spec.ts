import { PACKAGE_VERSION } from '#zakops/config';
import type { Command } from 'commander';
import { createProgram } from '../src/create-program.js';
import { manualOf } from '../src/help/documented-command.js';
import { runCli } from './run-cli.js';

const NOBODY = {
  showsTables: false,
  showsProgress: false,
  canAsk: false,
  usesColor: false,
  width: 80,
  print: (): void => undefined,
  printDrawn: (): void => undefined,
  printStream: () => Promise.resolve(),
  note: (): void => undefined,
};

/** Every visible command that does something, with its name. */
async function commandsOf(): Promise<readonly (readonly [string, Command])[]> {
  const walk = (parent: Command, path: string): readonly (readonly [string, Command])[] =>
    parent
      .createHelp()
      .visibleCommands(parent)
      .filter((command) => command.name() !== 'help')
      .flatMap((command) => {
        const name = `${path}${command.name()}`;
        const own = command.commands.length === 0 || manualOf(command) !== undefined ? [[name, command] as const] : [];
        return [...own, ...walk(command, `${name} `)];
      });
  return walk(await createProgram({ env: {}, terminal: NOBODY }, undefined), '');
}

describe('zakops --version', () => {
  it.each([
    [{}, `${PACKAGE_VERSION}\n`],
    [{ APP_VERSION: '1.2.3', GIT_COMMIT: '3f2a9c1' }, '1.2.3 (3f2a9c1)\n'],
  ])('prints the build of %j and needs no other setting', async (env, expected) => {
    const { code, out } = await runCli(undefined, ['--version'], { env });
    expect([code, out]).toEqual([0, expected]);
  });
});

describe('zakops help', () => {
  it('documents every command: what it changes, examples that call it, and exit codes', async () => {
    const commands = await commandsOf();
    expect(commands.map(([name]) => name)).toEqual(
      expect.arrayContaining(['migrate', 'doctor', 'dlq purge', 'operators create', 'audit verify']),
    );
    for (const [name, command] of commands) {
      const manual = manualOf(command);
      expect([name, manual?.changes]).toEqual([name, expect.stringMatching(/\w/)]);
      expect([name, manual?.examples.some(({ run }) => run.includes(`zakops ${name}`))]).toEqual([name, true]);
      expect([name, command.description()]).toEqual([name, expect.stringMatching(/\w/)]);
    }
  });

  it('names options in its examples that are there', async () => {
    for (const [name, command] of await commandsOf()) {
      const known = command.options.map(({ long }) => long);
      for (const { run } of manualOf(command)?.examples ?? []) {
        const ours = run.slice(run.indexOf('zakops ')).split(/ [|<] /)[0] ?? '';
        for (const [option] of ours.matchAll(/--[a-z-]+/g))
          expect([name, run, known]).toEqual([name, run, expect.arrayContaining([option])]);
      }
    }
  });

  it('is printed for a command, and ends with 0', async () => {
    const { code, out, error } = await runCli(undefined, ['help', 'doctor']);
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain('Usage: zakops doctor [options]');
    expect(out).toContain('\nWhat it changes:\n  nothing;');
    expect(out).toContain('\nExit codes:\n  0  no failure; there may be warnings\n');
    expect((await runCli(undefined, ['doctor', '--help'])).out).toBe(out);
  });

  it.each([[[]], [['doctor']], [['dlq', 'list']], [['operators', 'list']]])(
    'shows what a terminal would obey where it says what is wrong with %j',
    async (command) => {
      const { code, error } = await runCli(undefined, [...command, '--\u001B]8;;http://evil.example\u0007\u009B31m']);
      expect(code).toBe(1);
      expect(error).toContain("error: unknown option '--\\u001b]8;;http://evil.example\\u0007\\u009b31m'\n");
    },
  );

  it('is suggested where a command is misspelt', async () => {
    expect(await runCli(undefined, ['docter'])).toEqual({
      code: 1,
      out: '',
      error: "error: unknown command 'docter'\n(Did you mean doctor?)\n",
    });
    expect((await runCli(undefined, ['doctor', '--jsn'])).error).toBe("error: unknown option '--jsn'\n(Did you mean --json?)\n");
  });
});
