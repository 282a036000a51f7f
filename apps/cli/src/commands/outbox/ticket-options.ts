import type { OpenStatus } from '#zakops/outbox';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/** The filter, as it is given on the command line. */
export interface TicketFilterOptions {
  readonly consumer?: string;
  readonly type?: string;
  readonly aggregate?: string;
  readonly fingerprint?: string;
}

/** The options of `outbox tickets`. */
export interface TicketListOptions extends TicketFilterOptions {
  readonly status?: OpenStatus;
  readonly waitsFor?: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly json?: true;
}

/** The options of `outbox try-now`. */
export interface TryNowOptions extends TicketFilterOptions {
  readonly id?: readonly string[];
  readonly all?: true;
  readonly reason?: string;
  readonly json?: true;
}

/** As `--status` takes them. */
export const STATUS_CHOICES = ['pending', 'processing', 'failed'] as const satisfies readonly OpenStatus[];

const FILTER_NAMES = ['consumer', 'type', 'aggregate', 'fingerprint'] as const satisfies readonly (keyof TicketFilterOptions)[];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Adds the options of the filter to a command. */
export function addTicketFilter<C extends Command>(command: C): C {
  return command
    .option('--consumer <name>', 'such as deal-activity')
    .option('--type <event type>', 'such as deal.stage_changed')
    .option('--aggregate <id>', 'such as DEAL-000001')
    .option('--fingerprint <fingerprint>', 'what failures of one kind have in common');
}

/** True without any option of the filter. */
export function choosesNoTicket(options: TicketFilterOptions): boolean {
  return FILTER_NAMES.every((name) => options[name] === undefined);
}

/** The id of a ticket. */
export function readTicketId(text: string): string {
  if (!UUID.test(text)) throw new InvalidArgumentError('It must be the id of a ticket, as outbox tickets shows it.');
  return text.toLowerCase();
}

/** Collects the ids of an option that may be repeated. */
export function readTicketIds(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, readTicketId(text)];
}

/** How many tickets to show; a page of the API has at most 200. */
export function readTicketLimit(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1 || Number(text) > 200)
    throw new InvalidArgumentError('It must be a whole number from 1 to 200.');
  return Number(text);
}
