import { hasCome } from '#zakops/database';

// Includes keys that are invalid only while the clock is set back: they are revoked too.
const NOT_ENDED = `k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`;

/**
 * The condition under which a key `k` is valid. It does not ask which operator owns the key.
 *
 * The end of a key is a date, and stays that date when the clock is set back. The overlap after a rotation is a duration: it is over when the
 * rotation lies in the future.
 */
export const API_KEY_IS_VALID = `${NOT_ENDED}
   AND NOT EXISTS (SELECT 1 FROM zakops.api_keys next WHERE next.rotated_from = k.id AND NOT ${hasCome('next.created_at')})`;

const COLUMNS = 'id, operator_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at, rotated_from';

/** $1 id, $2 owner, $3 name, $4 prefix, $5 hash, $6 scopes, $7 end or null, $8 days at most. */
export const ISSUE = `
  INSERT INTO zakops.api_keys (id, operator_id, name, prefix, key_hash, scopes, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, coalesce($7::timestamptz, now() + make_interval(days => $8::int))) RETURNING ${COLUMNS}`;

/** $1 owner. Without keys that ended more than 30 days ago. */
export const LIST = `
  SELECT ${COLUMNS} FROM zakops.api_keys
   WHERE operator_id = $1 AND least(revoked_at, expires_at, 'infinity') > now() - interval '30 days'
   ORDER BY created_at DESC, id DESC LIMIT 200`;

/** $1 id, $2 owner or null. */
export const REVOKE = `
  WITH revoked AS (
    UPDATE zakops.api_keys SET revoked_at = now() WHERE id = $1 AND ($2::uuid IS NULL OR operator_id = $2) AND revoked_at IS NULL
    RETURNING ${COLUMNS})
  SELECT * FROM revoked`;

/** $1 owner. */
export const REVOKE_ALL = `
  WITH revoked AS (
    UPDATE zakops.api_keys k SET revoked_at = now() WHERE operator_id = $1 AND ${NOT_ENDED} RETURNING id)
  SELECT id FROM revoked ORDER BY id`;

/** $1 owner. */
export const COUNT = `SELECT count(*)::int AS count FROM zakops.api_keys k WHERE operator_id = $1 AND ${NOT_ENDED}`;

/**
 * $1 old key, $2 owner or null, $3 seconds of overlap, $4 id, $5 prefix, $6 hash, $7 end, or null for the lifetime of the old key, $8 days at
 * most. The old key ends after the overlap, or at its own end if that is sooner.
 *
 * Uses the time of the statement. Of two concurrent rotations the second waits for the row, and its transaction may have begun before the
 * first one: by that time the old key would still be valid.
 */
export const ROTATE = `
  WITH before AS (
    SELECT * FROM zakops.api_keys k
     WHERE id = $1 AND ($2::uuid IS NULL OR operator_id = $2) AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > clock_timestamp()) FOR UPDATE
  ), retired AS (
    UPDATE zakops.api_keys k SET expires_at = least(k.expires_at, clock_timestamp() + make_interval(secs => $3::float8))
      FROM before b WHERE k.id = b.id
    RETURNING 1)
  INSERT INTO zakops.api_keys (id, operator_id, name, prefix, key_hash, scopes, expires_at, rotated_from)
  SELECT $4, operator_id, name, $5, $6, scopes, least(coalesce($7::timestamptz, now() + (expires_at - created_at)), now() + make_interval(days => $8::int)), id FROM before
  RETURNING ${COLUMNS}`;

/** $1 hash. Notes the use at most once a minute, and skips that when the row is locked. */
export const FIND = `
  WITH found AS MATERIALIZED (
    SELECT k.id, k.scopes, k.last_used_at, k.expires_at, o.id AS operator_id, o.email, o.name, o.role
      FROM zakops.api_keys k JOIN zakops.operators o ON o.id = k.operator_id
     WHERE k.key_hash = $1 AND ${API_KEY_IS_VALID} AND o.status = 'active'
  ), touched AS (
    UPDATE zakops.api_keys SET last_used_at = now()
     WHERE id = (SELECT k.id FROM zakops.api_keys k
                  WHERE k.id = (SELECT id FROM found WHERE last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
                    FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT id AS api_key_id, scopes, operator_id, email, name, role,
         (extract(epoch FROM expires_at - now()) * 1000)::float8 AS valid_ms
    FROM found`;
