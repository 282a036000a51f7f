import { makeEvent } from '#zakops/contracts';
import type { CatalogueEvent, DealStage, EventData } from '#zakops/contracts';
import { AggregateRoot, uuidV7 } from '#zakops/kernel';
import type { AcceptedVersions } from '#zakops/kernel';
import { isSameAlias } from './deal-alias.js';
import type { DealAlias } from './deal-alias.js';
import { realChanges, toFieldChanges, withDefaults } from './deal-details.js';
import type { DealDetails } from './deal-details.js';
import { allowedStages, isDealStage, OPEN_STAGES } from './deal-stage-machine.js';
import {
  AliasNotFoundError,
  DealOpenedAtEndError,
  DealPreconditionError,
  DuplicateAliasError,
  InvalidStageTransitionError,
  StageNotEditableError,
} from './deal.errors.js';

/** The events of deals. */
export type DealEvent = Extract<CatalogueEvent, { type: `deal.${string}` }>;

/** The events of what belongs to a deal and is kept beside it. */
export type DealPartEventType = Extract<DealEvent['type'], `deal.note_${string}` | `deal.contact_${string}`>;

/** A deal as it was stored. */
export interface DealState extends DealDetails {
  readonly dealId: string;
  /** One of the nine stages; adopted data may hold another text. */
  readonly stage: string;
  readonly aliases: readonly DealAlias[];
  readonly version: number;
}

/** A move that was made. */
export interface StageMove {
  readonly fromStage: string;
  readonly toStage: DealStage;
  readonly movedBy: string;
  readonly reason: string | null;
}

/** An opportunity on its way from the first mail to the end. Each verb changes it and records one event. */
export class Deal extends AggregateRoot<DealEvent> {
  #stage: string;
  #details: DealDetails;
  #changedDetails: Partial<DealDetails> = {};
  #aliases: readonly DealAlias[];

  private constructor(
    readonly dealId: string,
    state: Omit<DealState, 'dealId'>,
  ) {
    super(state.version);
    this.#stage = state.stage;
    this.#details = state;
    this.#aliases = state.aliases;
  }

  /**
   * Opens a deal.
   *
   * @param source - who or what brought it, for example `api`
   * @throws DealOpenedAtEndError for a final stage
   */
  static open(dealId: string, details: DealDetails, stage: DealStage, source: string): Deal {
    if (!OPEN_STAGES.includes(stage)) throw new DealOpenedAtEndError(stage, OPEN_STAGES);
    const deal = new Deal(dealId, { ...withDefaults(details), stage, aliases: [], version: 0 });
    deal.record((id, seq) =>
      makeEvent('deal.created', id, dealId, seq, {
        deal_id: dealId,
        canonical_name: details.canonicalName,
        display_name: details.displayName,
        stage,
        status: details.status,
        source,
      }),
    );
    return deal;
  }

  /** Brings a stored deal back; nothing is recorded. */
  static restore(state: DealState): Deal {
    return new Deal(state.dealId, state);
  }

  get stage(): string {
    return this.#stage;
  }

  get details(): DealDetails {
    return this.#details;
  }

  get aliases(): readonly DealAlias[] {
    return this.#aliases;
  }

  /** What the repository has to write of the details: those that an update replaced by other values. */
  get changedDetails(): Partial<DealDetails> {
    return this.#changedDetails;
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

  /**
   * Changes fields. Each given field replaces the stored one as a whole; a field that is equal already is not a change.
   *
   * @returns false when nothing differs, and then nothing is recorded
   */
  update(changes: Partial<DealDetails>): boolean {
    const real = realChanges(this.#details, withDefaults(changes));
    const fieldChanges = toFieldChanges(this.#details, real);
    if (fieldChanges.length === 0) return false;
    this.#details = { ...this.#details, ...real };
    this.#changedDetails = { ...this.#changedDetails, ...real };
    this.record((id, seq) => makeEvent('deal.updated', id, this.dealId, seq, { deal_id: this.dealId, changes: [...fieldChanges] }));
    return true;
  }

  /**
   * Refuses a change of the stage that is not a move.
   *
   * @throws StageNotEditableError always
   */
  refuseStageEdit(): never {
    throw new StageNotEditableError(this.dealId, allowedStages(this.#stage));
  }

  /**
   * Moves to another stage.
   *
   * @returns the move, or null when the deal is in that stage already; then nothing is recorded
   * @throws InvalidStageTransitionError when the stage machine has no such move
   */
  moveTo(toStage: string, movedBy: string, reason: string | null): StageMove | null {
    const fromStage = this.#stage;
    if (fromStage === toStage) return null;
    const allowed = allowedStages(fromStage);
    if (!isDealStage(toStage) || !allowed.includes(toStage)) {
      throw new InvalidStageTransitionError(this.dealId, fromStage, toStage, allowed);
    }
    this.#stage = toStage;
    this.record((id, seq) =>
      makeEvent('deal.stage_changed', id, this.dealId, seq, {
        deal_id: this.dealId,
        from_stage: fromStage,
        to_stage: toStage,
        transitioned_by: movedBy,
        reason,
      }),
    );
    return { fromStage, toStage, movedBy, reason };
  }

  /**
   * Adds a name by which mail about the deal is recognised.
   *
   * @throws DuplicateAliasError when the deal has it already; case and the form of letters do not count
   */
  addAlias(alias: Omit<DealAlias, 'id'>): DealAlias {
    if (this.#aliases.some((known) => isSameAlias(known, alias))) {
      throw new DuplicateAliasError(this.dealId, alias.alias, alias.aliasType);
    }
    const added: DealAlias = { id: uuidV7(), ...alias };
    this.#aliases = [...this.#aliases, added];
    this.record((id, seq) =>
      makeEvent('deal.alias_added', id, this.dealId, seq, {
        deal_id: this.dealId,
        alias_id: added.id,
        alias: added.alias,
        alias_type: added.aliasType,
        confidence: added.confidence,
      }),
    );
    return added;
  }

  /** Records what happened to a note or a contact: it is a change of the deal, so that its events have one order. */
  tellOfPart<T extends DealPartEventType>(type: T, data: Omit<EventData<T>, 'deal_id'>): void {
    // The compiler cannot see that the type of a generic event and its payload belong together.
    this.record((id, seq) => makeEvent(type, id, this.dealId, seq, { deal_id: this.dealId, ...data } as EventData<T>) as DealEvent);
  }

  /**
   * Takes an alias away.
   *
   * @throws AliasNotFoundError when the deal has no such alias
   */
  removeAlias(aliasId: string): void {
    const removed = this.#aliases.find((alias) => alias.id === aliasId);
    if (removed === undefined) throw new AliasNotFoundError(this.dealId, aliasId);
    this.#aliases = this.#aliases.filter((alias) => alias !== removed);
    this.record((id, seq) =>
      makeEvent('deal.alias_removed', id, this.dealId, seq, {
        deal_id: this.dealId,
        alias_id: removed.id,
        alias: removed.alias,
        alias_type: removed.aliasType,
      }),
    );
  }
}
