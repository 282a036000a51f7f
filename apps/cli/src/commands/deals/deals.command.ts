import { DEAL_STAGES } from '#zakops/contracts';
import { DEAL_STATUSES, TRANSFER_FORMATS } from '#zakops/deals';
import { Option } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import { runExport } from './run-export.js';
import type { ExportOptions } from './run-export.js';
import { runImport } from './run-import.js';

/** `zakops deals ...`: deals as files. */
export function dealsCommand(context: CliContext): DocumentedCommand {
  const deals = new DocumentedCommand('deals').description('deals as files');
  const format = (): Option => new Option('--format <format>', 'the form of the file').choices(TRANSFER_FORMATS);
  const imported = deals
    .command('import <file>')
    .description(
      'import deals; a row finds its deal by deal_id, else by external_id, else opens one; without either, canonical_name counts as external_id',
    )
    .addOption(format())
    .option('--dry-run', 'only say what would happen to each row')
    .action(async (file: string, options: { format?: 'csv' | 'ndjson'; dryRun?: true }) => {
      await runImport(context, file, options.format, options.dryRun === true);
    });
  const exported = deals
    .command('export')
    .description('export deals by id; complete only if the command succeeds')
    .addOption(format().default('csv'))
    .option('--output <file>', 'write there in place of the standard output')
    .addOption(new Option('--stage <stage>', 'only deals in this stage').choices(DEAL_STAGES))
    .addOption(new Option('--status <status>', 'only deals with this status').choices(DEAL_STATUSES))
    .action(async (options: ExportOptions) => {
      await runExport(context, options);
    });
  imported.document({
    changes: 'deals, with their events and audit entries, in portions of 200 rows; the same file again changes nothing',
    examples: [
      { run: 'zakops deals import deals.csv --dry-run', does: 'see which rows are new, changed or wrong' },
      { run: 'zakops deals import deals.csv', does: 'import them, with a progress bar' },
    ],
    exits: {
      0: 'every row was imported',
      1: 'the file cannot be read, the database cannot be used, or the import was cancelled',
      2: 'some rows failed; they are named',
    },
  });
  exported.document({
    changes: 'nothing',
    examples: [
      { run: 'zakops deals export --output deals.csv', does: 'write all deals to a file that a spreadsheet opens safely' },
      { run: 'zakops deals export --format ndjson --stage closing', does: 'one JSON object for each deal in closing' },
    ],
  });
  return deals;
}
