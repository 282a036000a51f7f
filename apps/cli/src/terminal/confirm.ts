import { createInterface } from 'node:readline/promises';
import { visible } from '#zakops/kernel';
import { CliError } from '../cli.error.js';
import type { Terminal } from './terminal.js';

/**
 * Asks before something is done that cannot be taken back.
 *
 * @throws CliError when the answer is not yes, or nobody can be asked
 */
export async function confirm(question: string, terminal: Pick<Terminal, 'canAsk'>): Promise<void> {
  if (!terminal.canAsk) throw new CliError(`${question} Add --yes to do it without being asked, or --dry-run to look first.`);
  // On the standard error: the output may be on its way into a file.
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${visible(question)} [y/N] `);
    if (!/^\s*y(es)?\s*$/i.test(answer)) throw new CliError('Nothing was changed.');
  } finally {
    reader.close();
  }
}
