/** SQL: what answers show of a sender `s`. */
export const SENDER_COLUMNS = `s.id, s.email, s.domain, s.name, s.company, s.role, s.sender_type AS "senderType", s.quality_rating AS "qualityRating",
  s.is_broker AS "isBroker", s.total_emails AS "totalEmails", s.deal_emails AS "dealEmails", s.last_email_at AS "lastEmailAt",
  s.associated_deal_ids AS "associatedDealIds", s.version, s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;
