import { DatabaseUnavailableError, UnitOfWork } from '#zakops/database';
import { newCall, runInCall } from '#zakops/observability';
import { Injectable, Logger } from '@nestjs/common';
import { DealJournal } from '../journal/deal-journal.js';
import { DealRepository } from '../persistence/deal.repository.js';
import { StaleDealStore } from './stale-deal.store.js';

const PORTION = 100;

/** Records `deal.stale` once for each stay in a stage that is longer than its limit. */
@Injectable()
export class StaleDeals {
  readonly #logger = new Logger(StaleDeals.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly stale: StaleDealStore,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  /**
   * Goes through all that are stale, each in a transaction of its own, so that a crash loses none of the events before it.
   *
   * @remarks Two workers record no event twice: each looks again under the lock of the deal.
   * @returns how many events were recorded
   */
  async run(isOver: () => boolean): Promise<number> {
    let total = 0;
    let after = '';
    for (;;) {
      const ids = await this.stale.find(after, PORTION);
      for (const id of ids) {
        if (isOver()) return total;
        if (await this.recordOrLog(id)) total += 1;
      }
      if (ids.length < PORTION) return total;
      after = ids.at(-1) ?? after;
    }
  }

  /** A deal that cannot be saved does not hold back those behind it. */
  private async recordOrLog(dealId: string): Promise<boolean> {
    try {
      return await this.record(dealId);
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      this.#logger.error({ err: error, deal_id: dealId }, 'A stale deal could not be announced; the next look tries again.');
      return false;
    }
  }

  private async record(dealId: string): Promise<boolean> {
    return runInCall(newCall({ type: 'system', id: 'stale-deals' }), () =>
      this.unitOfWork.runApart(async (tx) => {
        const deal = await this.deals.loadDeleted(tx, dealId);
        const found = await this.stale.look(tx, dealId);
        if (found === undefined) return false;
        deal.becomeStale(found.daysInStage, found.limitDays);
        await this.deals.save(tx, deal);
        this.stale.noted(tx, dealId);
        this.journal.write(tx, deal);
        return true;
      }),
    );
  }
}
