import { Command } from 'commander';

/** An example and what it does. */
export interface Example {
  readonly run: string;
  readonly does: string;
}

/** What an operator has to know before running a command, beside its options. */
export interface Manual {
  /** What is different afterwards; one sentence. */
  readonly changes: string;
  readonly examples: readonly Example[];
  /** What the exit codes mean; {@link EXITS} for a command that either works or does not. */
  readonly exits?: Readonly<Record<number, string>>;
  /** More to know, one paragraph each. */
  readonly notes?: readonly string[];
}

/** The exit codes of a command that works or does not. */
export const EXITS: Readonly<Record<number, string>> = { 0: 'done', 1: 'not done; one sentence on the standard error says why' };

/** A command with a manual, which `--help` and `docs/cli.md` show. */
export class DocumentedCommand extends Command {
  #manual: Manual | undefined;

  /** Undefined for a group of commands. */
  get manual(): Manual | undefined {
    return this.#manual;
  }

  override createCommand(name?: string): DocumentedCommand {
    return new DocumentedCommand(name);
  }

  /** Adds the manual. */
  document(manual: Manual): this {
    this.#manual = manual;
    return this.addHelpText('after', `\n${manualText(manual)}`);
  }
}

/** The manual of a command; undefined for a group of commands. */
export function manualOf(command: Command): Manual | undefined {
  return command instanceof DocumentedCommand ? command.manual : undefined;
}

function manualText({ changes, examples, exits = EXITS, notes = [] }: Manual): string {
  const parts = [
    ['What it changes:', `  ${changes}`],
    ['Examples:', ...examples.flatMap(({ run, does }) => [`  # ${does}`, `  $ ${run}`])],
    ['Exit codes:', ...Object.entries(exits).map(([code, meaning]) => `  ${code}  ${meaning}`)],
  ];
  return [...notes.map((note) => [note]), ...parts].map((lines) => lines.join('\n')).join('\n\n');
}
