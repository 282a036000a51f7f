import { checkRows, DealImporter, GetImport, ListImportRows, readRows, StartImport } from '#zakops/deals';
import type { TransferFormat } from '#zakops/deals';
import { DomainError } from '#zakops/kernel';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { startProgress } from '../../terminal/progress.js';
import { withDeals } from './with-deals.js';

const NAMED_ROWS = 20;
const SOME_FAILED = 2;
const ACTOR = { type: 'system', id: 'cli' } as const;

/** Imports a file in this process; a worker that runs as well takes its turns. */
export async function runImport(
  { env, terminal }: CliContext,
  file: string,
  format: TransferFormat | undefined,
  isDryRun: boolean,
): Promise<void> {
  const rows = await readFileRows(file, format ?? (file.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson'));
  await withDeals(env, async (app) => {
    const { id } = await app.get(CommandBus).execute(new StartImport(rows, isDryRun, ACTOR, 'cli'));
    const progress = await startProgress(isDryRun ? 'Trying' : 'Importing', rows.length, terminal);
    try {
      await app.get(DealImporter, { strict: false }).run(
        id,
        () => false,
        (count) => {
          progress.advance(count);
        },
      );
    } finally {
      progress.stop();
    }
    const queries = app.get(QueryBus);
    const { state, counts } = await queries.execute(new GetImport(id));
    const { created = 0, changed = 0, unchanged = 0, failed = 0 } = counts;
    const done = created + changed + unchanged + failed;
    const said = isDryRun ? 'Would import' : 'Imported';
    terminal.print(
      `${said} ${String(done)} rows: ${String(created)} created, ${String(changed)} changed, ${String(unchanged)} unchanged, ${String(failed)} failed.`,
    );
    for (const { line, field, detail } of await queries.execute(new ListImportRows(id, 'failed', NAMED_ROWS, 0))) {
      terminal.note(`line ${String(line)}: ${[field, detail].filter((part) => part !== null).join(' ')}`);
    }
    if (failed > 0) process.exitCode = SOME_FAILED;
    if (failed > NAMED_ROWS) terminal.note(`... and ${String(failed - NAMED_ROWS)} more: GET /api/deals/imports/${id}/rows?state=failed`);
    if (state !== 'done') throw new CliError(`The import is ${state}: ${String(rows.length - done)} rows have no result.`);
  });
}

async function readFileRows(file: string, format: TransferFormat): Promise<ReturnType<typeof checkRows>> {
  try {
    const bytes = await readFile(file);
    if (!isUtf8(bytes)) throw new CliError(`${file} is not valid UTF-8.`);
    const text = bytes.toString();
    return checkRows(readRows(text.startsWith('\uFEFF') ? text.slice(1) : text, format));
  } catch (error) {
    if (error instanceof DomainError) throw new CliError(error.detail);
    if (error instanceof Error && 'syscall' in error) throw new CliError(error.message);
    throw error;
  }
}
