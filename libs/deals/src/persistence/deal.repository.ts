import type { Transaction } from '#zakops/database';
import type { Deal } from '../domain/deal.js';

/** What a new deal begins with. */
export interface NextDeal {
  readonly dealId: string;
  /** By the database's clock. */
  readonly openedAt: Date;
}

/** A deal as it is at one moment. */
export interface DealGlance {
  readonly stage: string;
  /** The moment, by the database's clock. */
  readonly at: Date;
}

/** Where deals are kept, for changing them. Reading for answers goes past it. */
export abstract class DealRepository {
  /** The id for the next deal, `DEAL-000001` and so on, and the instant at which it is opened; a number is never given twice. */
  abstract next(tx: Transaction): Promise<NextDeal>;

  /**
   * The stage of a deal at this moment, without a lock.
   *
   * @throws DealNotFoundError
   */
  abstract look(tx: Transaction, dealId: string): Promise<DealGlance>;

  /**
   * Loads a deal and locks it until the end of the transaction.
   *
   * @throws DealNotFoundError
   */
  abstract load(tx: Transaction, dealId: string): Promise<Deal>;

  /** Writes a deal that was just opened, with the commit: until then a reader in the same transaction does not find it. */
  abstract add(tx: Transaction, deal: Deal, openedAt: Date): void;

  /**
   * Writes a loaded deal with its changes, aliases included, and sets its times.
   *
   * @throws DuplicateAliasError when the database takes two aliases for the same that the aggregate takes for different
   */
  abstract save(tx: Transaction, deal: Deal): Promise<void>;
}
