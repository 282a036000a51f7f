import { MATCH_TIERS } from '#zakops/contracts';
import type { DealProposal, MailForDeal, MatchTier } from '#zakops/contracts';
import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';

/** The most deals that one look of one tier finds. Further ones are left out: a clue that fits so many deals proves little. */
const PER_TIER = 50;
const PROPOSALS = 10;

// Each branch is one look into an index. $1 listing ids, $2 broker references, $3 thread, $4 sender, $5 company, $6 subject, $7 sector, $8 city, $9 state.
const MATCHES = prepared(`
  WITH found AS (
    (SELECT 'listing_id' AS tier, d.deal_id, l.id AS matched FROM unnest($1::text[]) AS l(id) CROSS JOIN LATERAL (
       SELECT deal_id FROM zakops.deals WHERE identifiers <> '{}' AND identifiers @> jsonb_build_object('listing_ids', jsonb_build_array(l.id))
       UNION SELECT deal_id FROM zakops.deals WHERE identifiers <> '{}' AND identifiers @> jsonb_build_object('bizbuysell_id', l.id)
       UNION SELECT deal_id FROM zakops.deals WHERE identifiers <> '{}' AND identifiers @> jsonb_build_object('axial_id', l.id)
       UNION SELECT deal_id FROM zakops.deal_aliases WHERE alias_type = 'listing_id' AND md5(zakops.fold(alias)) = md5(zakops.fold(l.id))
       LIMIT ${String(PER_TIER)}) AS d)
    UNION ALL
    (SELECT 'broker_reference', d.deal_id, r.id FROM unnest($2::text[]) AS r(id) CROSS JOIN LATERAL (
       SELECT deal_id FROM zakops.deals
        WHERE identifiers <> '{}' AND identifiers @> jsonb_build_object('broker_reference_ids', jsonb_build_array(r.id)) LIMIT ${String(PER_TIER)}) AS d)
    UNION ALL
    (SELECT 'mail_thread', deal_id, $3::text FROM zakops.deals
      WHERE email_thread_ids <> '[]' AND email_thread_ids @> jsonb_build_array($3::text) LIMIT ${String(PER_TIER)})
    UNION ALL
    (SELECT 'broker_and_listing', d.deal_id, a.alias FROM zakops.deals d JOIN zakops.deal_aliases a USING (deal_id)
      WHERE d.broker ->> 'email' IS NOT NULL AND zakops.sender_address(d.broker ->> 'email') = $4::text AND a.alias_type = 'listing_number'
        AND strpos(zakops.fold($6::text), zakops.fold(a.alias)) > 0 LIMIT ${String(PER_TIER)})
    UNION ALL
    (SELECT 'exact_company', deal_id, company_info ->> 'company_name' FROM zakops.deals
      WHERE company_info ->> 'company_name' IS NOT NULL AND zakops.company_key(company_info ->> 'company_name') = zakops.company_key($5::text)
        AND zakops.fold(company_info ->> 'company_name') = zakops.fold($5::text) LIMIT ${String(PER_TIER)})
    UNION ALL
    (SELECT 'exact_company', deal_id, alias FROM zakops.deal_aliases
      WHERE alias_type IN ('company_name', 'dba_name', 'name_variation') AND md5(zakops.fold(alias)) = md5(zakops.fold($5::text)) LIMIT ${String(PER_TIER)})
    UNION ALL
    (SELECT 'fuzzy_company', deal_id, company_info ->> 'company_name' FROM zakops.deals
      WHERE company_info ->> 'company_name' IS NOT NULL AND zakops.company_key(company_info ->> 'company_name') = zakops.company_key($5::text)
        AND zakops.fold(company_info ->> 'company_name') <> zakops.fold($5::text) LIMIT ${String(PER_TIER)})
    UNION ALL
    (SELECT 'subject_keywords', deal_id, alias FROM zakops.deal_aliases
      WHERE alias_type = 'subject_keywords' AND length(alias) <= 1000
        AND to_tsvector('simple', zakops.fold(alias)) @@ (SELECT to_tsquery('simple', string_agg(quote_literal(word), ' | '))
              FROM unnest(tsvector_to_array(to_tsvector('simple', zakops.fold(left($6::text, 1000))))) AS words(word))
        AND to_tsvector('simple', zakops.fold($6::text)) @@ plainto_tsquery('simple', zakops.fold(alias)) LIMIT ${String(PER_TIER)})
    UNION ALL
    (SELECT 'broker_sector_location', deal_id, concat_ws(', ', company_info ->> 'sector', $8::text, $9::text) FROM zakops.deals
      WHERE broker ->> 'email' IS NOT NULL AND zakops.sender_address(broker ->> 'email') = $4::text AND zakops.fold(company_info ->> 'sector') = zakops.fold($7::text)
        AND (zakops.fold(company_info #>> '{location,city}') = zakops.fold($8::text) OR zakops.fold(company_info #>> '{location,state}') = zakops.fold($9::text))
      LIMIT ${String(PER_TIER)})
  )
  SELECT f.tier, f.matched, d.deal_id AS "dealId", coalesce(d.display_name, d.canonical_name) AS name, d.stage, d.status
    FROM (SELECT tier, matched, zakops.surviving_deal(deal_id) AS deal_id FROM found) AS f
    JOIN zakops.deals d USING (deal_id)
   WHERE NOT d.deleted AND d.status NOT IN ('merged', 'junk')
   ORDER BY d.updated_at DESC, d.deal_id DESC`);

interface MatchRow {
  readonly tier: MatchTier;
  readonly matched: string;
  readonly dealId: string;
  readonly name: string;
  readonly stage: string;
  readonly status: string;
}

/** Finds the deals that a mail may belong to. */
@Injectable()
export class MatchReader {
  constructor(private readonly database: Database) {}

  /** Best first, at most ten. A merged deal is proposed as the one that goes on; deleted and junk deals never are. */
  async propose({ threadId, subject, companyName, senderEmail, clues }: MailForDeal): Promise<readonly DealProposal[]> {
    const rows = await this.database.query<MatchRow & Record<string, unknown>>(MATCHES, [
      clues.listingIds,
      clues.brokerReferences,
      threadId,
      senderEmail,
      companyName,
      subject ?? '',
      clues.sector,
      clues.city,
      clues.state,
    ]);
    const byDeal = new Map<string, MatchRow[]>();
    for (const row of rows) byDeal.set(row.dealId, [...(byDeal.get(row.dealId) ?? []), row]);
    // Sorting is stable: of equal ones the deal that changed last comes first.
    return [...byDeal.values()]
      .map(toProposal)
      .sort((one, other) => other.confidence - one.confidence)
      .slice(0, PROPOSALS);
  }
}

function toProposal(rows: readonly MatchRow[]): DealProposal {
  const reasons = rows
    .map(({ tier, matched }) => ({ tier, confidence: MATCH_TIERS[tier], matched }))
    .filter((reason, at, all) => all.findIndex(({ tier }) => tier === reason.tier) === at)
    .sort((one, other) => other.confidence - one.confidence);
  const [{ dealId, name, stage, status }] = rows as readonly [MatchRow];
  return { dealId, name, stage, status, confidence: reasons[0]?.confidence ?? 0, reasons };
}
