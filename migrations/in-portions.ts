/**
 * SQL that does something to every row of a table, in committed portions, so that nothing is locked for long.
 *
 * @param statement - works on one portion: the rows for which the condition holds that it is given
 */
export function inPortions(table: string, key: string, statement: (isInPortion: string) => string): string {
  return `
  DO $$
  DECLARE
    done zakops.${table}.${key}%TYPE;
    upto zakops.${table}.${key}%TYPE;
  BEGIN
    LOOP
      SELECT next.key INTO upto FROM (
        SELECT ${key} AS key FROM zakops.${table} WHERE done IS NULL OR ${key} > done ORDER BY ${key} LIMIT 2000
      ) AS next ORDER BY next.key DESC LIMIT 1;
      EXIT WHEN upto IS NULL;
      ${statement(`(done IS NULL OR ${key} > done) AND ${key} <= upto`)};
      COMMIT;
      done := upto;
    END LOOP;
  END $$`;
}
