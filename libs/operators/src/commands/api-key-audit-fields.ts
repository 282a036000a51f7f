import type { ApiKey } from '#zakops/auth';

/** What an audit entry shows of a key: never the key. */
export function apiKeyAuditFields({ operatorId, name, prefix, scopes, expiresAt }: ApiKey): Readonly<Record<string, unknown>> {
  return { operator_id: operatorId, name, prefix, scopes: [...scopes], expires_at: expiresAt?.toISOString() ?? null };
}
