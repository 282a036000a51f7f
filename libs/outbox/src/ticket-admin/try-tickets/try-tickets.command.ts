import { Command } from '@nestjs/cqrs';
import type { TicketFilter } from '../ticket-filter.js';
import type { TriedTickets, TryLimits } from './portioned-try.js';

/** Makes every failed ticket that fits due now, in portions; what stands behind another ticket comes in its turn. */
export class TryTickets extends Command<TriedTickets> {
  constructor(
    readonly filter: TicketFilter,
    readonly reason: string | undefined,
    readonly limits?: TryLimits,
  ) {
    super();
  }
}
