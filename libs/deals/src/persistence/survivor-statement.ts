import { prepared } from '#zakops/database';

/** The deal that goes on in place of a merged one, `id`; of a chain of merges, the last. */
export const SURVIVOR = prepared(`
  WITH RECURSIVE merged AS (
    SELECT deal_id, merged_into FROM zakops.deals WHERE deal_id = $1
    UNION
    SELECT d.deal_id, d.merged_into FROM merged m JOIN zakops.deals d ON d.deal_id = m.merged_into
  )
  SELECT deal_id AS id FROM merged WHERE merged_into IS NULL`);
