import { ArrayField, EnumField, NumberField, ObjectField, StringField } from '#zakops/http';
import { MATCH_TIERS } from '#zakops/contracts';
import type { DealProposal, MatchTier } from '#zakops/contracts';
import type { ItemPreview } from '../../queries/preview-item/preview-item.query.js';
import { QuarantineItemResponse, toQuarantineItemResponse } from './item.response.js';

/** Why a deal is proposed. */
export class MatchReasonResponse {
  @EnumField(Object.keys(MATCH_TIERS), 'MatchTier')
  tier!: MatchTier;

  @NumberField({ min: 0, max: 1 })
  confidence!: number;

  @StringField({ example: 'BBS-99120', description: 'The clue that fits the deal.' })
  matched!: string;
}

/** A deal that a mail may belong to. */
export class DealProposalResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'Acme Plumbing' })
  name!: string;

  @StringField({ example: 'inbound' })
  stage!: string;

  @StringField({ example: 'active' })
  status!: string;

  @NumberField({ min: 0, max: 1, description: 'That of the best reason.' })
  confidence!: number;

  @ArrayField(() => MatchReasonResponse, { description: 'Best first.' })
  reasons!: MatchReasonResponse[];
}

/** What an operator sees before a decision. */
export class QuarantinePreviewResponse {
  @ObjectField(() => QuarantineItemResponse)
  item!: QuarantineItemResponse;

  @StringField({ nullable: true, description: 'The text of the mail.' })
  body!: string | null;

  @ArrayField(() => DealProposalResponse, { description: 'The deals that the mail may belong to, best first, at most ten.' })
  proposals!: DealProposalResponse[];

  @StringField({ nullable: true, description: 'The deal that `approve` links to unless the body says otherwise.' })
  default_deal_id!: string | null;
}

/** From the view to the wire. */
export function toDealProposalResponse({ dealId, name, stage, status, confidence, reasons }: DealProposal): DealProposalResponse {
  return { deal_id: dealId, name, stage, status, confidence, reasons: reasons.map((reason) => ({ ...reason })) };
}

/** From the view to the wire. */
export function toQuarantinePreviewResponse({ item, proposals, default: chosen }: ItemPreview): QuarantinePreviewResponse {
  return {
    item: toQuarantineItemResponse(item),
    body: item.body,
    proposals: proposals.map(toDealProposalResponse),
    default_deal_id: chosen?.dealId ?? null,
  };
}
