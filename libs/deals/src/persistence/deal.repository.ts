import type { Transaction } from '#zakops/database';
import type { Deal } from '../domain/deal.js';

/** Where deals are kept, for changing them. Reading for answers goes past it. */
export abstract class DealRepository {
  /** The id for the next deal: `DEAL-000001` and so on; a number is never given twice. */
  abstract nextId(tx: Transaction): Promise<string>;

  /**
   * The stage of a deal at this moment, without a lock.
   *
   * @throws DealNotFoundError
   */
  abstract stageOf(tx: Transaction, dealId: string): Promise<string>;

  /**
   * Loads a deal and locks it until the end of the transaction.
   *
   * @throws DealNotFoundError
   */
  abstract load(tx: Transaction, dealId: string): Promise<Deal>;

  /** Writes a deal that was just opened. */
  abstract add(tx: Transaction, deal: Deal): Promise<void>;

  /**
   * Writes a loaded deal with its changes, aliases included, and sets its times.
   *
   * @throws DuplicateAliasError when the database takes two aliases for the same that the aggregate takes for different
   */
  abstract save(tx: Transaction, deal: Deal): Promise<void>;
}
