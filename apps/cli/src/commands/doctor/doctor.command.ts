import { InvalidArgumentError } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import type { DoctorOptions } from './doctor-options.js';

const STREAM_SECONDS = 40;

/** `zakops doctor`: looks at everything that has to be right around the programs. */
export function doctorCommand(context: CliContext): DocumentedCommand {
  const command = new DocumentedCommand('doctor')
    .description('look at settings, database, schema, worker, queues and the way through the proxies, and say what to do')
    .option('--url <address>', 'the public address: checks readiness, TLS, headers, version and streams through it', readUrl)
    .option('--apis <number>', 'API processes to count connections for; by default those that run', readCount)
    .option('--workers <number>', 'worker processes to count connections for; by default those that run', readCount)
    .option('--stream-seconds <number>', 'how long to watch a stream at most', readSeconds, STREAM_SECONDS)
    .option('--strict', 'fail for warnings too')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: DoctorOptions) => {
      await (await import('./run-doctor.js')).runDoctor(context, options);
    });
  return command.document({
    changes: 'nothing; it opens a few connections to the database, sends itself a notice, and with --url opens one stream',
    notes: [
      'Every check is ok, a warning, a failure, or skipped when it could not look. What is not well comes with what to do and with the\n' +
        'section of the documentation to read. Run it with the environment of the API, and where the API runs, so that it sees what the API sees.',
      'Behind a login a stream needs a key: ZAKOPS_API_KEY, or ZAKOPS_API_KEY_FILE with the name of a file.',
    ],
    examples: [
      { run: 'zakops doctor', does: 'before the first start, after a change, and when something is wrong' },
      { run: 'zakops doctor --url https://zakops.example.com', does: 'and whether streams come through the proxies in time' },
      { run: 'zakops doctor --apis 6 --workers 2', does: 'would the connections suffice for six API processes?' },
      { run: 'zakops doctor --strict --json', does: 'in a pipeline' },
    ],
    exits: {
      0: 'no failure; there may be warnings',
      1: 'with --strict: no failure, but warnings; or the command was called wrongly',
      2: 'there are failures',
    },
  });
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError('It must begin with https:// or http://.');
  if (url.username !== '' || url.password !== '') throw new InvalidArgumentError('It must not hold a password.');
  return url;
}

function readCount(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0 to 9999.');
  return Number(text);
}

function readSeconds(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
  return Number(text);
}
