import { DealExportReader, toFile } from '#zakops/deals';
import type { TransferFormat } from '#zakops/deals';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { startProgress } from '../../terminal/progress.js';
import { withDeals } from './with-deals.js';

/** Which deals are exported, and where to. */
export interface ExportOptions {
  readonly format: TransferFormat;
  readonly output?: string;
  readonly stage?: string;
  readonly status?: string;
}

/** Writes deals to a file, or to the standard output. */
export async function runExport({ env, terminal }: CliContext, { format, output, stage, status }: ExportOptions): Promise<void> {
  await withDeals(env, async (app) => {
    const exports = app.get(DealExportReader, { strict: false });
    const filter = { stage, status };
    // A bar would be drawn between rows on the same terminal.
    const showsRows = output === undefined && terminal.showsTables;
    const progress = await startProgress('Exporting', showsRows ? 0 : await exports.count(filter), terminal);
    let written = 0;
    async function* counted(): ReturnType<DealExportReader['portions']> {
      for await (const rows of exports.portions(filter)) {
        progress.advance(rows.length);
        written += rows.length;
        yield rows;
      }
    }
    const file = toFile(counted(), format);
    try {
      if (output === undefined) await terminal.printStream(file);
      else await pipeline(file, createWriteStream(output));
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) throw new CliError(error.message);
      throw error;
    } finally {
      progress.stop();
    }
    if (output !== undefined) terminal.note(`Wrote ${String(written)} deals to ${output}.`);
  });
}
