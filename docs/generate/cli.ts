import type { Command, Option } from 'commander';
import { createProgram } from '../../apps/cli/src/create-program.js';
import { EXITS, manualOf } from '../../apps/cli/src/help/documented-command.js';
import type { Manual } from '../../apps/cli/src/help/documented-command.js';

/** The page of the command line, from the definitions of its commands. */
export async function cliPage(): Promise<string> {
  const program = await createProgram({ env: {}, terminal: NOBODY }, undefined);
  const commands = leavesOf(program);
  return [
    '# Command line',
    '',
    'What an operator does from a terminal: `zakops <command>` inside the image, `npm run -s zakops -- <command>` in a checkout after',
    '`npm run build`. Settings are the environment variables of API and worker ([configuration.md](configuration.md)); nearly every command',
    'needs `DATABASE_URL`. This page is generated from the commands by `npm run docs:generate`; `zakops help <command>` says the same.',
    '',
    '- **Results** go to the standard output: tables on a terminal, JSON when they are piped or with `--json`. Everything else (questions,',
    '  progress, errors) goes to the standard error.',
    '- **Exit code** 0 means done, 1 not done; an error is one sentence. Where there is a third answer, it is 2.',
    '- **Colours** are for terminals only, and `NO_COLOR=1` switches them off.',
    '- **Who did it.** What a command changes is in the audit log, by the actor `system:cli`. The detail `typed_by` says who typed: the name of',
    '  `--as`, or else of `ZAKOPS_AS`, or else the user of the system. Nobody checks that name.',
    '- Secrets are never arguments, which every process of a machine can read, and are never printed.',
    '',
    '| Command | What it does |',
    '|---|---|',
    ...commands.map(({ command, name }) => `| [\`zakops ${name}\`](#zakops-${anchor(name)}) | ${escape(command.description())} |`),
    '',
    commands.map(({ command, name }) => commandSection(command, name)).join('\n\n'),
    '',
  ].join('\n');
}

interface Leaf {
  readonly command: Command;
  /** Without `zakops`. */
  readonly name: string;
}

/** Definitions are read here and never run. */
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

/** Commands that do something; those that only group others are left out, and so is what is hidden. */
function leavesOf(parent: Command, path = ''): readonly Leaf[] {
  const visible = new Set(parent.createHelp().visibleCommands(parent));
  return parent.commands
    .filter((command) => visible.has(command))
    .flatMap((command) => {
      const name = `${path}${command.name()}`;
      const own = manualOf(command) === undefined ? [] : [{ command, name }];
      return [...own, ...leavesOf(command, `${name} `)];
    });
}

function commandSection(command: Command, name: string): string {
  const manual = manualOf(command);
  if (manual === undefined) throw new Error(`zakops ${name} has no manual.`);
  const aliases = command.aliases().map((alias) => `\`${alias}\``);
  const { changes, notes = [] } = manual;
  return [
    `## zakops ${name}`,
    '',
    `${capital(command.description())}.${aliases.length === 0 ? '' : ` Also: ${aliases.join(', ')}.`}`,
    '',
    codeBlock('text', `zakops ${[name, usageOf(command)].join(' ').trim()}`),
    '',
    ...optionTable(command.options.filter((option) => !option.hidden)),
    `**Changes:** ${escape(changes)}.`,
    '',
    ...notes.flatMap((note) => [escape(note), '']),
    codeBlock('bash', manual.examples.flatMap(({ run, does }) => [`# ${does}`, run]).join('\n')),
    '',
    exitTable(manual),
  ].join('\n');
}

function usageOf(command: Command): string {
  const values = command.registeredArguments.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`));
  return [...(command.options.length === 0 ? [] : ['[options]']), ...values].join(' ');
}

function optionTable(options: readonly Option[]): readonly string[] {
  if (options.length === 0) return [];
  const rows = options.map((option) => {
    const needed = option.mandatory ? ' Needed.' : '';
    const choices = option.argChoices === undefined ? '' : ` One of ${option.argChoices.map((choice) => `\`${choice}\``).join(', ')}.`;
    const fallback = typeof option.defaultValue === 'number' ? ` By default ${String(option.defaultValue)}.` : '';
    return `| \`${option.flags.replaceAll('|', '\\|')}\` | ${capital(escape(option.description))}.${needed}${choices}${fallback} |`;
  });
  return ['| Option | Meaning |', '|---|---|', ...rows, ''];
}

function exitTable({ exits = EXITS }: Manual): string {
  return [
    '| Exit code | Meaning |',
    '|---|---|',
    ...Object.entries(exits).map(([code, meaning]) => `| ${code} | ${escape(meaning)} |`),
  ].join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function codeBlock(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function anchor(name: string): string {
  return name.replaceAll(' ', '-');
}
