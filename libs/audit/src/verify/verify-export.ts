import { GENESIS_HASH } from '../chain/link-hash.js';
import { ChainCheck } from './chain-check.js';
import { readExportLine } from './export-line.js';
import type { ExportEnd } from './export-line.js';
import type { KnownAnchor, VerificationReport } from './verification-report.js';

/** A line of a file is not a line of an export. */
export class UnreadableExportError extends Error {
  constructor(line: number, cause: unknown) {
    super(`Line ${String(line)} is not a line of an audit export.`, { cause });
    this.name = 'UnreadableExportError';
  }
}

/**
 * Verifies an exported file without the database, in bounded memory.
 *
 * @param lines - of the file, without line breaks
 * @param anchors - from outside of the database and the file
 * @throws UnreadableExportError at the first line that is not of an export
 */
export async function verifyExport(lines: AsyncIterable<string>, anchors: readonly KnownAnchor[] = []): Promise<VerificationReport> {
  let check: ChainCheck | undefined;
  let end: ExportEnd | undefined;
  let number = 0;
  let count = 0;
  let last = { position: 0, hash: GENESIS_HASH };
  for await (const line of lines) {
    number += 1;
    if (line === '') continue;
    const read = readLine(line, number);
    if (end !== undefined) throw new UnreadableExportError(number, new Error('It comes after the last line.'));
    if ('head' in read) {
      end = read;
      continue;
    }
    count += 1;
    // An export may begin anywhere; the hash before its first link is known only for position 1.
    const { position, prevHash } = read.link;
    check ??= new ChainCheck({ position: position - 1, hash: position === 1 ? GENESIS_HASH : prevHash }, anchors);
    check.add(read.link, read.entry);
    last = read.link;
  }
  check ??= new ChainCheck({ position: 0, hash: GENESIS_HASH }, anchors);
  if (end === undefined) check.addMissing(null, 'The last line is missing: the file was cut off.');
  else if (end.count !== count)
    check.addMissing(null, `The last line promises ${String(end.count)} lines, but there are ${String(count)}.`);
  else if (end.head.position === last.position && end.head.hash !== last.hash) {
    check.addMissing(last.position, 'The last line names another hash than the last link has.');
  }
  return check.finish(end?.head ?? last, check.position);
}

function readLine(text: string, number: number): ReturnType<typeof readExportLine> {
  try {
    return readExportLine(text);
  } catch (error) {
    throw new UnreadableExportError(number, error);
  }
}
