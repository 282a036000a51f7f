import { hasCome } from '#zakops/database';

// Includes sessions that are invalid only while the clock is set back: they are ended too.
const NOT_ENDED = notEnded('s');

function notEnded(row: string): string {
  return `${row}.ended_at IS NULL AND ${row}.expires_at > now() AND ${row}.idle_expires_at > now()`;
}

function isValid(row: string): string {
  return `${notEnded(row)} AND ${hasCome(`${row}.created_at`)} AND ${hasCome(`${row}.last_seen_at`)}`;
}

/** The condition under which a session `s` is valid. It does not ask which operator owns the session. */
export const SESSION_IS_VALID = isValid('s');

// For calls that were under way while the session was replaced. Below the five seconds within which an end is promised.
const GRACE = `interval '4 seconds'`;

/** The condition under which a session `s` was replaced a moment ago, and a session with the same lineage is valid. */
const WAS_REPLACED_JUST_NOW = `
  s.lineage IS NOT NULL AND s.end_reason IN ('rotated', 'replaced') AND s.ended_at > now() - ${GRACE} AND ${hasCome('s.ended_at')}
  AND EXISTS (SELECT FROM zakops.sessions n WHERE n.operator_id = s.operator_id AND n.lineage = s.lineage AND ${isValid('n')})`;

const COLUMNS = 'id, operator_id, created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at, address, user_agent';

/** $1 id, $2 hash, $3 operator, $4 idle minutes, $5 hours, $6 address, $7 user agent, $8 lineage. Also deletes up to 100 sessions that expired 30 days ago. */
export const OPEN = `
  WITH outdated AS (
    DELETE FROM zakops.sessions WHERE id = ANY (ARRAY(
      SELECT id FROM zakops.sessions WHERE expires_at < now() - interval '30 days' ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED)))
  INSERT INTO zakops.sessions (id, token_hash, operator_id, idle_expires_at, expires_at, address, user_agent, lineage)
  VALUES ($1, $2, $3, now() + make_interval(mins => $4::int), now() + make_interval(hours => $5::int), $6, $7, $8)
  RETURNING ${COLUMNS}`;

/** $1 id, $2 operator or null, $3 actor, $4 reason. */
export const END = `
  WITH ended AS (
    UPDATE zakops.sessions s SET ended_at = now(), ended_by = $3, end_reason = $4, lineage = coalesce(lineage, id)
     WHERE id = $1 AND ($2::uuid IS NULL OR operator_id = $2) AND ${NOT_ENDED}
    RETURNING operator_id, lineage)
  SELECT operator_id, lineage FROM ended`;

/** $1 id. */
export const WAS_REPLACED = `SELECT FROM zakops.sessions s WHERE id = $1 AND ${WAS_REPLACED_JUST_NOW}`;

/** $1 operator, $2 session to keep or null, $3 actor, $4 reason. */
export const END_ALL = `
  WITH ended AS (
    UPDATE zakops.sessions s SET ended_at = now(), ended_by = $3, end_reason = $4
     WHERE operator_id = $1 AND id IS DISTINCT FROM $2::uuid AND ${NOT_ENDED}
    RETURNING id)
  SELECT id FROM ended ORDER BY id`;

/** $1 actor, $2 reason. */
export const END_EVERY_SESSION = `
  WITH ended AS (
    UPDATE zakops.sessions s SET ended_at = now(), ended_by = $1, end_reason = $2 WHERE ${NOT_ENDED} RETURNING 1)
  SELECT count(*)::int AS ended FROM ended`;

/** $1 operator. */
export const LIST = `
  SELECT ${COLUMNS} FROM zakops.sessions s WHERE operator_id = $1 AND ${SESSION_IS_VALID} ORDER BY last_seen_at DESC, id DESC LIMIT 100`;

/**
 * $1 hash, $2 idle minutes. Finds replaced sessions too. Notes the use at most once a minute, and skips that when the row is locked: the
 * next request notes it.
 */
export const FIND = `
  WITH found AS MATERIALIZED (
    SELECT s.id, s.authenticated_at, s.last_seen_at, s.expires_at, s.idle_expires_at, s.ended_at,
           o.id AS operator_id, o.email, o.name, o.role, o.must_change_password
      FROM zakops.sessions s JOIN zakops.operators o ON o.id = s.operator_id
     WHERE s.token_hash = $1 AND ((${SESSION_IS_VALID}) OR (${WAS_REPLACED_JUST_NOW})) AND o.status = 'active'
  ), touched AS (
    UPDATE zakops.sessions SET last_seen_at = now(), idle_expires_at = now() + make_interval(mins => $2::int)
     WHERE id = (SELECT s.id FROM zakops.sessions s
                  WHERE s.id = (SELECT id FROM found WHERE last_seen_at < now() - interval '1 minute') AND ${SESSION_IS_VALID}
                    FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT id AS session_id, authenticated_at, operator_id, email, name, role, must_change_password, ended_at IS NOT NULL AS is_replaced,
         CASE WHEN ${hasCome('authenticated_at')} THEN (extract(epoch FROM now() - authenticated_at) * 1000)::float8 END AS authenticated_ago,
         (extract(epoch FROM least(expires_at, idle_expires_at, ended_at + ${GRACE}) - now()) * 1000)::float8 AS valid_ms
    FROM found`;
