import type { Command } from 'commander';

/** An example and what it does. */
export interface Example {
  readonly run: string;
  readonly does: string;
}

/** What somebody has to know before using a command, beside its options. */
export interface Lesson {
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

const lessons = new WeakMap<Command, Lesson>();

/** Adds a lesson to a command: its `--help` shows it, and so does `docs/cli.md`. Gives the command. */
export function teach(command: Command, lesson: Lesson): Command {
  lessons.set(command, lesson);
  return command.addHelpText('after', () => `\n${lessonText(lesson)}`);
}

/** The lesson of a command; undefined for a group of commands. */
export function lessonOf(command: Command): Lesson | undefined {
  return lessons.get(command);
}

function lessonText({ changes, examples, exits = EXITS, notes = [] }: Lesson): string {
  const parts = [
    ['What it changes:', `  ${changes}`],
    ['Examples:', ...examples.flatMap(({ run, does }) => [`  # ${does}`, `  $ ${run}`])],
    ['Exit codes:', ...Object.entries(exits).map(([code, meaning]) => `  ${code}  ${meaning}`)],
  ];
  return [...notes.map((note) => [note]), ...parts].map((lines) => lines.join('\n')).join('\n\n');
}
