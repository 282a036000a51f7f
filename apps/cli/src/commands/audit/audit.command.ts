import type { KnownAnchor, VerificationReport } from '#zakops/audit';
import { createReadStream } from 'node:fs';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import type { Terminal } from '../../terminal/terminal.js';

/** The audit log without its database: `zakops audit verify --file export.ndjson [--anchors file]`. */
export function auditCommand({ terminal }: CliContext): DocumentedCommand {
  const command = new DocumentedCommand('audit').description('the audit log');
  const verify = command
    .command('verify')
    .description('check an exported file without the database; exits 1 when there is a problem')
    .requiredOption('--file <path>', 'what GET /api/admin/audit/export gave')
    .option('--anchors <path>', 'heads that were noted outside of the database: the file of AUDIT_ANCHOR_FILE, or a log of the worker')
    .action(({ file, anchors }: { file: string; anchors?: string }) => runVerify(terminal, file, anchors));
  verify.document({
    changes: 'nothing',
    examples: [
      { run: 'zakops audit verify --file export.ndjson', does: 'see whether every link of an exported file is whole' },
      {
        run: 'zakops audit verify --file export.ndjson --anchors anchors.jsonl',
        does: 'and whether the chain is still the one that was noted elsewhere (docs/audit.md)',
      },
    ],
    exits: { 0: 'no problem', 1: 'there is a problem, or the file cannot be read' },
  });
  return command;
}

async function runVerify(terminal: Terminal, file: string, anchorsFile: string | undefined): Promise<void> {
  // Not loaded for other commands.
  const { readAnchors, UnreadableExportError, verifyExport } = await import('#zakops/audit');
  try {
    const anchors = anchorsFile === undefined ? [] : await readAnchors(linesOf(anchorsFile));
    const report = await verifyExport(linesOf(file), anchors);
    terminal.print(sentences(report, anchors).join('\n'));
    if (!report.ok) process.exitCode = 1;
  } catch (error) {
    if (error instanceof UnreadableExportError || isFileError(error)) throw new CliError(error.message);
    throw error;
  }
}

/** Only a line feed ends a line: node:readline would also end one at characters that a text may hold. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function sentences({ ok, checked, head, problems, problemCount, ranges }: VerificationReport, anchors: readonly KnownAnchor[]): string[] {
  const lines = problems.map(({ kind, position, entryId, detail }) => {
    const where = [position === null ? '' : ` at ${String(position)}`, entryId === null ? '' : ` (${entryId})`].join('');
    return `${kind}${where}: ${detail}`;
  });
  if (problemCount > problems.length) lines.push(`... and ${String(problemCount - problems.length)} more`);
  for (const { from, to, state } of ranges) lines.push(`${String(from)} to ${String(to)}: ${state}`);
  if (anchors.length === 0) lines.push('without anchors nobody can tell whether the chain was rewritten as a whole');
  const result = ok ? 'no problem' : `${String(problemCount)} problem${problemCount === 1 ? '' : 's'}`;
  lines.push(`${String(checked)} links checked up to position ${String(head.position)}, hash ${head.hash}: ${result}`);
  return lines;
}
