import { ConfigError } from '#zakops/config';
import { DomainError } from '#zakops/kernel';
import { CliError } from './cli.error.js';
import { createProgram } from './create-program.js';
import { endWithReader, processTerminal } from './terminal/terminal.js';

const terminal = processTerminal(process.env);

/** The operator's command line. Every command prints what it did and exits 0, or one clear sentence and exits 1. */
async function main(args: readonly string[]): Promise<void> {
  endWithReader();
  const program = await createProgram({ env: process.env, terminal }, args[0]);
  await program.parseAsync([...args], { from: 'user' });
}

function sentenceOf(error: unknown, command: string): string {
  if (error instanceof ConfigError || error instanceof CliError) return error.message;
  if (!(error instanceof DomainError)) return `${command} failed: ${error instanceof Error ? error.message : String(error)}`;
  return [error.detail, ...error.fields.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}.`)].join(' ');
}

const args = process.argv.slice(2);
main(args).catch((error: unknown) => {
  terminal.note(sentenceOf(error, args[0] ?? 'zakops'));
  process.exitCode = 1;
});
