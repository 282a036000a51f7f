import { ArrayField, BooleanField, DateField, DateTimeField, IntegerField, JsonObjectField, ObjectField, StringField } from '#zakops/http';
import { allowedStages, isTerminalStage } from '../../domain/deal-stage-machine.js';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

const ADOPTED = 'Deals of an adopted database may hold further or other members.';

/** What helps to decide on a move. */
export class AdvisoryContext {
  @IntegerField({ min: 0, description: 'Whole days.' })
  days_in_stage!: number;

  @DateTimeField()
  stage_entered_at!: string;
}

/** A deal. */
export class DealResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'acme-plumbing' })
  canonical_name!: string;

  @StringField({ nullable: true, example: 'Acme Plumbing' })
  display_name!: string | null;

  @StringField({ nullable: true })
  folder_path!: string | null;

  @StringField({
    description: 'One of the nine stages, or an unknown one of an adopted database until it is repaired.',
    example: 'inbound',
  })
  stage!: string;

  @StringField({ example: 'active' })
  status!: string;

  @JsonObjectField({ description: `As \`DealIdentifiers\`. ${ADOPTED}` })
  identifiers!: object;

  @JsonObjectField({ description: `As \`CompanyInfo\`. ${ADOPTED}` })
  company_info!: object;

  @JsonObjectField({ description: `As \`DealBroker\`. ${ADOPTED}` })
  broker!: object;

  @JsonObjectField({
    description: `As \`DealMetadata\`. ${ADOPTED}`,
    example: { priority: 'MEDIUM', asking_price: { amount: '1250000.00', currency: 'USD' } },
  })
  metadata!: object;

  @ArrayField('json')
  email_thread_ids!: unknown[];

  @DateTimeField()
  created_at!: string;

  @DateTimeField()
  updated_at!: string;

  @IntegerField({ min: 0, description: 'Whole days.' })
  days_since_update!: number;

  @IntegerField({ min: 0 })
  action_count!: number;

  @IntegerField({ min: 0 })
  alias_count!: number;

  @StringField({ nullable: true, description: 'The deal that goes on in place of this one.' })
  merged_into!: string | null;

  @StringField({ nullable: true, description: 'Why the deal was won or lost: an `OutcomeReason`. Null while it is open.' })
  outcome_reason!: string | null;

  @StringField({ nullable: true })
  outcome_note!: string | null;

  @IntegerField({ min: 0, description: 'Whole days since the deal entered its stage.' })
  days_in_stage!: number;

  @StringField({ nullable: true, example: 'call the broker' })
  next_step!: string | null;

  @DateField({ nullable: true })
  next_step_at!: string | null;

  @DateField({ nullable: true, description: 'Until the end of that day (UTC) nobody is reminded of the deal.' })
  snoozed_until!: string | null;

  @StringField({ nullable: true })
  snooze_reason!: string | null;

  @StringField({ nullable: true, example: 'api', description: 'Who or what brought the deal.' })
  source!: string | null;
}

/** Where a deal may go. */
export class StateMachineResponse {
  @StringField({ example: 'inbound' })
  current_stage!: string;

  @BooleanField({ description: 'Whether the stage ends the way of a deal.' })
  is_terminal!: boolean;

  @ArrayField('string', { example: ['initial_review', 'closed_lost', 'archived'] })
  allowed_transitions!: string[];

  @ObjectField(() => AdvisoryContext)
  advisory_context!: AdvisoryContext;
}

/** A deal with what may become of it. */
export class DealDetailResponse extends DealResponse {
  @ObjectField(() => StateMachineResponse)
  state_machine!: StateMachineResponse;
}

/** From the view to the wire. */
export function toDealResponse(deal: DealSnapshot): DealResponse {
  return {
    deal_id: deal.dealId,
    canonical_name: deal.canonicalName,
    display_name: deal.displayName,
    folder_path: deal.folderPath,
    stage: deal.stage,
    status: deal.status,
    identifiers: deal.identifiers,
    company_info: deal.companyInfo,
    broker: deal.broker,
    metadata: deal.metadata,
    email_thread_ids: [...deal.emailThreadIds],
    created_at: deal.createdAt.toISOString(),
    updated_at: deal.updatedAt.toISOString(),
    days_since_update: deal.daysSinceUpdate,
    action_count: deal.actionCount,
    alias_count: deal.aliasCount,
    merged_into: deal.mergedInto,
    outcome_reason: deal.outcomeReason,
    outcome_note: deal.outcomeNote,
    days_in_stage: deal.daysInStage,
    next_step: deal.nextStep,
    next_step_at: deal.nextStepAt,
    snoozed_until: deal.snoozedUntil,
    snooze_reason: deal.snoozeReason,
    source: deal.source,
  };
}

/** From the view to the wire, with the state machine. */
export function toDealDetailResponse(deal: DealSnapshot): DealDetailResponse {
  return Object.assign(new DealDetailResponse(), toDealResponse(deal), {
    state_machine: {
      current_stage: deal.stage,
      is_terminal: isTerminalStage(deal.stage),
      allowed_transitions: [...allowedStages(deal.stage)],
      advisory_context: {
        days_in_stage: deal.daysInStage,
        stage_entered_at: deal.stageEnteredAt.toISOString(),
      },
    },
  });
}
