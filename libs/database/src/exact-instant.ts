/**
 * SQL: an instant in UTC with microseconds, as cursors carry it; a Date would cut them off.
 *
 * @param column - a column or another expression of type timestamptz
 */
export function exactInstant(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
