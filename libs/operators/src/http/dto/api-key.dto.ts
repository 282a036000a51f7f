import { SCOPES } from '#zakops/auth';
import type { ApiKey, IssuedApiKey, Scope } from '#zakops/auth';
import { ArrayField, DateTimeField, enumRule, IntegerField, StringField, UuidField } from '#zakops/http';
import { DEFAULT_OVERLAP_SECONDS, MAX_OVERLAP_SECONDS } from '../../domain/key-life.js';

/** The body of `POST /api/auth/api-keys`. */
export class CreateApiKeyRequest {
  @StringField({ notBlank: true, max: 200, example: 'nightly import' })
  name!: string;

  @ArrayField(enumRule(SCOPES, 'Scope'), { minItems: 1, maxItems: SCOPES.length, description: 'Only scopes that you hold yourself.' })
  scopes!: Scope[];

  @DateTimeField({
    optional: true,
    nullable: true,
    description: 'Without it the key lasts `API_KEY_MAX_DAYS` (365 unless set).',
  })
  expires_at?: string | null;
}

/** The body of `POST /api/auth/api-keys/{id}/rotate`, which may be left out. */
export class RotateApiKeyRequest {
  @IntegerField({
    min: 0,
    max: MAX_OVERLAP_SECONDS,
    optional: true,
    default: DEFAULT_OVERLAP_SECONDS,
    description: 'How long the old key stays valid.',
  })
  overlap_seconds = DEFAULT_OVERLAP_SECONDS;
}

/** An API key, without the key. */
export class ApiKeyResponse {
  @UuidField()
  id!: string;

  @UuidField({ description: 'The owner. The key can do the part of its scopes that the owner holds.' })
  operator_id!: string;

  @StringField({ example: 'nightly import' })
  name!: string;

  @StringField({ description: 'The first characters of the key, for recognising it.', example: 'zko_3kTm9QxA' })
  prefix!: string;

  @ArrayField(enumRule(SCOPES, 'Scope'))
  scopes!: string[];

  @DateTimeField()
  created_at!: string;

  @DateTimeField({ nullable: true, description: 'Null only for an old key, from before `API_KEY_MAX_DAYS`.' })
  expires_at!: string | null;

  @DateTimeField({ nullable: true, description: 'To the minute.' })
  last_used_at!: string | null;

  @DateTimeField({ nullable: true })
  revoked_at!: string | null;

  @UuidField({ nullable: true, description: 'The key that this one replaces.' })
  rotated_from!: string | null;
}

/** A key that was just created. */
export class IssuedApiKeyResponse extends ApiKeyResponse {
  @StringField({ description: 'The key itself, shown only here: `Authorization: Bearer <key>`.' })
  key!: string;
}

/** The members of {@link ApiKeyResponse}. */
type ApiKeyFields = Pick<ApiKeyResponse, keyof ApiKeyResponse>;

/** Maps a key to its answer. */
export function toApiKeyResponse(key: ApiKey): ApiKeyFields {
  return {
    id: key.id,
    operator_id: key.operatorId,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    rotated_from: key.rotatedFrom,
  };
}

/** Maps a new key to its answer. */
export function toIssuedApiKeyResponse({ apiKey, key }: IssuedApiKey): IssuedApiKeyResponse {
  return { ...toApiKeyResponse(apiKey), key };
}
