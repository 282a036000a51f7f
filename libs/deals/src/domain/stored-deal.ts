import { makeEvent } from '#zakops/contracts';
import type { CatalogueEvent, DealStage, EventData } from '#zakops/contracts';
import { AggregateRoot } from '#zakops/kernel';
import type { AcceptedVersions } from '#zakops/kernel';
import type { DealAlias } from './deal-alias.js';
import type { DealDetails } from './deal-details.js';
import type { DealStanding } from './deal-standing.js';
import { DealPreconditionError } from './deal.errors.js';

/** The events of deals. */
export type DealEvent = Extract<CatalogueEvent, { type: `deal.${string}` }>;

/** A deal as it was stored. */
export interface DealState extends DealDetails, DealStanding {
  readonly dealId: string;
  /** One of the nine stages; adopted data may hold another text. */
  readonly stage: string;
  readonly aliases: readonly DealAlias[];
  readonly version: number;
}

/** What of a deal is stored, and what of it has changed since: the part that a repository reads and writes. */
export abstract class StoredDeal extends AggregateRoot<DealEvent> {
  #stage: string;
  #details: DealDetails;
  #changedDetails: Partial<DealDetails> = {};
  #standing: DealStanding;
  #changedStanding: Partial<DealStanding> = {};
  #aliases: readonly DealAlias[];

  protected constructor(
    readonly dealId: string,
    state: Omit<DealState, 'dealId'>,
  ) {
    super(state.version);
    this.#stage = state.stage;
    this.#details = state;
    this.#standing = state;
    this.#aliases = state.aliases;
  }

  get stage(): string {
    return this.#stage;
  }

  get details(): DealDetails {
    return this.#details;
  }

  get standing(): DealStanding {
    return this.#standing;
  }

  get aliases(): readonly DealAlias[] {
    return this.#aliases;
  }

  /** What the repository has to write of the details: those that an update replaced by other values. */
  get changedDetails(): Partial<DealDetails> {
    return this.#changedDetails;
  }

  /** What the repository has to write of the standing. */
  get changedStanding(): Partial<DealStanding> {
    return this.#changedStanding;
  }

  /**
   * Makes sure that nothing happened since the caller read the deal.
   *
   * @param versions - the versions that the caller accepts; undefined accepts all
   * @throws DealPreconditionError when the deal has another one
   */
  requireVersion(versions: AcceptedVersions | undefined): void {
    if (versions !== undefined && !versions.has(this.version)) throw new DealPreconditionError(this.dealId, this.version);
  }

  /** Records an event of the deal; of its notes and contacts too, so that all have one order. */
  tell<T extends DealEvent['type']>(type: T, data: Omit<EventData<T>, 'deal_id'>): void {
    // The compiler cannot see that the type of a generic event and its payload belong together.
    this.record((id, seq) => makeEvent(type, id, this.dealId, seq, { deal_id: this.dealId, ...data } as EventData<T>) as DealEvent);
  }

  protected changeStage(stage: DealStage): void {
    this.#stage = stage;
  }

  protected changeDetails(details: Partial<DealDetails>): void {
    this.#details = { ...this.#details, ...details };
    this.#changedDetails = { ...this.#changedDetails, ...details };
  }

  protected changeStanding(standing: Partial<DealStanding>): void {
    this.#standing = { ...this.#standing, ...standing };
    this.#changedStanding = { ...this.#changedStanding, ...standing };
  }

  protected changeAliases(aliases: readonly DealAlias[]): void {
    this.#aliases = aliases;
  }
}
