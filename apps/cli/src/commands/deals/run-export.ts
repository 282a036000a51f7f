import { DealExportReader, headOf, toLines } from '#zakops/deals';
import type { TransferFormat } from '#zakops/deals';
import { Database } from '#zakops/database';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { startProgress } from '../../terminal/progress.js';
import { withDeals } from './with-deals.js';

interface Options {
  readonly format: TransferFormat;
  readonly output?: string;
  readonly stage?: string;
  readonly status?: string;
}

/** Writes deals to a file, or to the standard output. */
export async function runExport({ env, terminal }: CliContext, { format, output, stage, status }: Options): Promise<void> {
  await withDeals(env, async (app) => {
    const [row] = await app
      .get(Database, { strict: false })
      .query<{ n: number }>('SELECT count(*)::int AS n FROM zakops.deals WHERE NOT deleted');
    const progress = await startProgress('Exporting', row?.n ?? 0, terminal);
    const portions = app.get(DealExportReader, { strict: false }).portions({ stage, status });
    let written = 0;
    async function* lines(): AsyncGenerator<string> {
      yield headOf(format);
      for await (const rows of portions) {
        progress.advance(rows.length);
        written += rows.length;
        yield toLines(rows, format);
      }
    }
    try {
      if (output === undefined) await terminal.printStream(lines());
      else await pipeline(Readable.from(lines(), { objectMode: false }), createWriteStream(output));
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) throw new CliError(error.message);
      throw error;
    } finally {
      progress.stop();
    }
    if (output !== undefined) terminal.note(`Wrote ${String(written)} deals to ${output}.`);
  });
}
