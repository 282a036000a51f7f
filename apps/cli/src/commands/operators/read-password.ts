import type { Readable } from 'node:stream';
import { CliError } from '../../cli.error.js';

const LONGEST_BYTES = 4_096;

/**
 * Reads a password from a stream to its end; one line break at the end belongs to the terminal and not to the password.
 *
 * @throws CliError when there is none, or it is no text
 */
export async function readPassword(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk as Buffer | string);
    bytes += part.length;
    if (bytes > LONGEST_BYTES) throw new CliError('The password on the standard input is too long.');
    chunks.push(part);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  } catch {
    throw new CliError('The password on the standard input is not UTF-8.');
  }
  if (text === '') throw new CliError('There is no password on the standard input.');
  return text;
}
