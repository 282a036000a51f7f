import type { DealStage } from '#zakops/contracts';
import { uuidV7 } from '#zakops/kernel';
import { isSameAlias } from './deal-alias.js';
import type { DealAlias } from './deal-alias.js';
import { realChanges, toFieldChanges, toWireNames, withDefaults } from './deal-details.js';
import type { DealDetails } from './deal-details.js';
import { allowedStages, isDealStage, OPEN_STAGES, outcomeReasonsOf } from './deal-stage-machine.js';
import { NEW_STANDING } from './deal-standing.js';
import {
  AliasNotFoundError,
  DealOpenedAtEndError,
  DuplicateAliasError,
  InvalidStageTransitionError,
  OutcomeNotFittingError,
  SnoozeDateError,
  StageNotEditableError,
  StatusNotEditableError,
  TooManyAliasesError,
} from './deal.errors.js';
import { blockersOf } from './move-guard.js';
import type { MoveBlocker, MoveGuard } from './move-guard.js';
import { mergeIdentifiers } from './merge-identifiers.js';
import { StoredDeal } from './stored-deal.js';
import type { DealState } from './stored-deal.js';

/** Why a deal was won or lost. */
export interface Outcome {
  readonly reason: string;
  readonly note: string | null;
}

/** A move that was made. */
export interface StageMove {
  readonly fromStage: string;
  readonly toStage: DealStage;
  readonly movedBy: string;
  readonly reason: string | null;
  readonly outcome: Outcome | null;
}

/** Aliases of one deal; each change of a deal loads them. */
const MAX_ALIASES = 1_000;

/** An opportunity on its way from the first mail to the end. Each verb changes it and records one event. */
export class Deal extends StoredDeal {
  /**
   * Opens a deal.
   *
   * @param source - who or what brought it, for example `api`
   * @throws DealOpenedAtEndError for a final stage
   */
  static open(dealId: string, details: DealDetails, stage: DealStage, source: string): Deal {
    if (!OPEN_STAGES.includes(stage)) throw new DealOpenedAtEndError(stage, OPEN_STAGES);
    return Deal.bring(dealId, details, stage, source, null);
  }

  /**
   * As {@link open}, in any stage: for a deal that has a life behind it in another system.
   *
   * @throws StatusNotEditableError for the status `merged`
   */
  static bring(dealId: string, details: DealDetails, stage: DealStage, source: string, externalId: string | null): Deal {
    if (details.status === 'merged') throw new StatusNotEditableError(dealId);
    const deal = new Deal(dealId, { ...NEW_STANDING, ...withDefaults(details), externalId, stage, aliases: [], version: 0 });
    deal.tell('deal.created', {
      canonical_name: details.canonicalName,
      display_name: details.displayName,
      stage,
      status: details.status,
      source,
    });
    return deal;
  }

  /** Brings a stored deal back; nothing is recorded. */
  static restore(state: DealState): Deal {
    return new Deal(state.dealId, state);
  }

  /**
   * Changes fields. Each given field replaces the stored one as a whole; a field that is equal already is not a change.
   *
   * @returns false when nothing differs, and then nothing is recorded
   * @throws StatusNotEditableError for the status `merged`
   */
  update(changes: Partial<DealDetails>): boolean {
    const real = realChanges(this.details, withDefaults(changes));
    const fieldChanges = toFieldChanges(this.details, real);
    if (fieldChanges.length === 0) return false;
    if (real.status === 'merged') throw new StatusNotEditableError(this.dealId);
    const before = this.details.status;
    if (real.status !== undefined) this.changeStanding({ statusBefore: real.status === 'archived' ? before : null });
    this.changeDetails(real);
    this.tell('deal.updated', { changes: [...fieldChanges] });
    return true;
  }

  /**
   * Refuses a change of the stage that is not a move.
   *
   * @throws StageNotEditableError always
   */
  refuseStageEdit(): never {
    throw new StageNotEditableError(this.dealId, allowedStages(this.stage));
  }

  /**
   * Moves to another stage. A snooze ends.
   *
   * @param outcome - why the deal was won or lost; only with the stages of the end
   * @returns the move, or null when the deal is in that stage already; then nothing is recorded
   * @throws InvalidStageTransitionError when the stage machine has no such move
   * @throws OutcomeNotFittingError when the outcome does not fit the stage
   */
  moveTo(toStage: string, movedBy: string, reason: string | null, outcome: Outcome | null = null): StageMove | null {
    const fromStage = this.stage;
    if (fromStage === toStage) return null;
    const allowed = allowedStages(fromStage);
    if (!isDealStage(toStage) || !allowed.includes(toStage)) {
      throw new InvalidStageTransitionError(this.dealId, fromStage, toStage, allowed);
    }
    if (outcome !== null && !outcomeReasonsOf(toStage).includes(outcome.reason)) throw new OutcomeNotFittingError(toStage, outcome.reason);
    this.changeStage(toStage);
    if (outcomeReasonsOf(toStage).length > 0)
      this.changeStanding({ outcomeReason: outcome?.reason ?? null, outcomeNote: outcome?.note ?? null });
    this.tell('deal.stage_changed', {
      from_stage: fromStage,
      to_stage: toStage,
      transitioned_by: movedBy,
      reason,
      ...(outcome === null ? {} : { outcome_reason: outcome.reason }),
      ...(outcome === null || outcome.note === null ? {} : { outcome_note: outcome.note }),
    });
    this.unsnooze(movedBy);
    return { fromStage, toStage, movedBy, reason, outcome };
  }

  /**
   * Puts the deal into the stage that it has in another system, whatever the stage machine says. Its outcome is gone, and a snooze ends.
   *
   * @returns the move, or null when the deal is there already
   */
  putAt(toStage: DealStage, movedBy: string, reason: string): StageMove | null {
    const fromStage = this.stage;
    if (fromStage === toStage) return null;
    this.changeStage(toStage);
    this.changeStanding({ outcomeReason: null, outcomeNote: null });
    this.tell('deal.stage_changed', { from_stage: fromStage, to_stage: toStage, transitioned_by: movedBy, reason });
    this.unsnooze(movedBy);
    return { fromStage, toStage, movedBy, reason, outcome: null };
  }

  /** Notes the name of the deal in another system. @returns false when it is known already */
  knownElsewhereAs(externalId: string): boolean {
    const { externalId: before } = this.standing;
    if (before === externalId) return false;
    this.changeStanding({ externalId });
    this.tell('deal.updated', { changes: [{ field: 'external_id', old_value: before, new_value: externalId }] });
    return true;
  }

  /** The guards that hold the deal back from a move. */
  blockersOf(toStage: string, { guards, openActions }: { guards: readonly MoveGuard[]; openActions: number }): readonly MoveBlocker[] {
    if (guards.length === 0) return [];
    return blockersOf(guards, this.stage, toStage, { document: toWireNames(this.details), openActions });
  }

  /**
   * Has nobody reminded of the deal until the end of a day.
   *
   * @param until - `YYYY-MM-DD`, as `today`
   * @throws SnoozeDateError for a day before today, or more than a year ahead
   */
  snooze(until: string, reason: string, snoozedBy: string, today: string): void {
    if (until < today || until > `${String(Number(today.slice(0, 4)) + 1)}${today.slice(4)}`) throw new SnoozeDateError(until, today);
    const { snoozedUntil: previousUntil } = this.standing;
    this.changeStanding({ snoozedUntil: until, snoozeReason: reason });
    this.tell('deal.snoozed', { until, reason, snoozed_by: snoozedBy, previous_until: previousUntil });
  }

  /** Ends a snooze. @returns false when there is none */
  unsnooze(unsnoozedBy: string): boolean {
    const { snoozedUntil: until } = this.standing;
    if (until === null) return false;
    this.changeStanding({ snoozedUntil: null, snoozeReason: null });
    this.tell('deal.unsnoozed', { unsnoozed_by: unsnoozedBy, until });
    return true;
  }

  /** Notes that the deal is in its stage for longer than the limit. */
  becomeStale(daysInStage: number, limitDays: number): void {
    this.tell('deal.stale', { stage: this.stage, days_in_stage: daysInStage, limit_days: limitDays });
  }

  /** Puts the deal away. @returns false when it is archived already */
  archive(archivedBy: string, reason: string | null): boolean {
    const { status } = this.details;
    if (status === 'archived') return false;
    this.changeDetails({ status: 'archived' });
    this.changeStanding({ statusBefore: status });
    this.tell('deal.archived', { reason, archived_by: archivedBy, previous_status: status });
    return true;
  }

  /** Brings an archived deal back to the status that it had. @returns false when it is not archived */
  unarchive(restoredBy: string): boolean {
    if (this.details.status !== 'archived') return false;
    const status = this.standing.statusBefore ?? 'active';
    this.changeDetails({ status });
    this.changeStanding({ statusBefore: null });
    this.tell('deal.restored', { status, restored_by: restoredBy });
    return true;
  }

  /** Deletes the deal. Its row, history and events stay. */
  remove(deletedBy: string, reason: string | null): void {
    this.changeStanding({ deleted: true });
    this.tell('deal.deleted', { reason, deleted_by: deletedBy });
  }

  /** Brings a deleted deal back. @returns false when it is not deleted */
  undelete(undeletedBy: string): boolean {
    if (!this.standing.deleted) return false;
    this.changeStanding({ deleted: false });
    this.tell('deal.undeleted', { undeleted_by: undeletedBy });
    return true;
  }

  /** Ends the deal in favour of another one, which {@link absorb}s it. */
  mergeInto(survivor: Deal, mergedBy: string, reason: string | null): void {
    this.changeDetails({ status: 'merged' });
    this.changeStanding({ mergedInto: survivor.dealId, statusBefore: null });
    this.tell('deal.merged', { merged_into: survivor.dealId, reason, merged_by: mergedBy });
  }

  /**
   * Takes over what mail about a merged deal is recognised by: aliases, identifiers and threads.
   *
   * @returns the aliases that come over; those that the deal has already stay with the other one
   * @throws TooManyAliasesError
   */
  absorb(other: Deal, mergedBy: string): readonly DealAlias[] {
    const taken = other.aliases.filter((alias) => !this.aliases.some((known) => isSameAlias(known, alias)));
    if (this.aliases.length + taken.length > MAX_ALIASES) throw new TooManyAliasesError(this.dealId, MAX_ALIASES);
    this.changeAliases([...this.aliases, ...taken]);
    this.changeDetails({ identifiers: mergeIdentifiers(this.details.identifiers, other.details.identifiers) });
    this.changeStanding({ emailThreadIds: [...new Set([...this.standing.emailThreadIds, ...other.standing.emailThreadIds])] });
    this.tell('deal.absorbed', { absorbed_deal_id: other.dealId, aliases_added: taken.length, merged_by: mergedBy });
    return taken;
  }

  /** Ties a mail, and its thread if it has one, to the deal. @returns whether the thread is new to the deal */
  linkMail(messageId: string, threadId: string | null): boolean {
    const { emailThreadIds } = this.standing;
    const isNew = threadId !== null && !emailThreadIds.includes(threadId);
    if (isNew) this.changeStanding({ emailThreadIds: [...emailThreadIds, threadId] });
    this.tell('deal.mail_linked', { message_id: messageId, thread_id: threadId });
    return isNew;
  }

  /** Takes back {@link linkMail}. @param hadThread - what that returned */
  unlinkMail(messageId: string, threadId: string | null, hadThread: boolean): void {
    if (hadThread) this.changeStanding({ emailThreadIds: this.standing.emailThreadIds.filter((known) => known !== threadId) });
    this.tell('deal.mail_unlinked', { message_id: messageId, thread_id: threadId });
  }

  /**
   * Adds a name by which mail about the deal is recognised.
   *
   * @throws DuplicateAliasError when the deal has it already; case and the form of letters do not count
   * @throws TooManyAliasesError
   */
  addAlias(alias: Omit<DealAlias, 'id'>): DealAlias {
    if (this.aliases.some((known) => isSameAlias(known, alias))) {
      throw new DuplicateAliasError(this.dealId, alias.alias, alias.aliasType);
    }
    if (this.aliases.length >= MAX_ALIASES) throw new TooManyAliasesError(this.dealId, MAX_ALIASES);
    const added: DealAlias = { id: uuidV7(), ...alias };
    this.changeAliases([...this.aliases, added]);
    this.tell('deal.alias_added', {
      alias_id: added.id,
      alias: added.alias,
      alias_type: added.aliasType,
      confidence: added.confidence,
    });
    return added;
  }

  /**
   * Takes an alias away.
   *
   * @throws AliasNotFoundError when the deal has no such alias
   */
  removeAlias(aliasId: string): void {
    const removed = this.aliases.find((alias) => alias.id === aliasId);
    if (removed === undefined) throw new AliasNotFoundError(this.dealId, aliasId);
    this.changeAliases(this.aliases.filter((alias) => alias !== removed));
    this.tell('deal.alias_removed', { alias_id: removed.id, alias: removed.alias, alias_type: removed.aliasType });
  }
}
