import { SCOPES } from '#zakops/auth';
import type { ApiKey, IssuedApiKey, Scope } from '#zakops/auth';
import { ArrayField, DateTimeField, enumRule, IntegerField, StringField, UuidField } from '#zakops/http';
import { DEFAULT_OVERLAP_SECONDS, MAX_OVERLAP_SECONDS } from '../../domain/key-life.js';

/** What `POST /api/auth/api-keys` takes. */
export class CreateApiKeyRequest {
  @StringField({ notBlank: true, max: 200, example: 'nightly import' })
  name!: string;

  @ArrayField(enumRule(SCOPES, 'Scope'), { minItems: 1, maxItems: SCOPES.length, description: 'None that you do not hold yourself.' })
  scopes!: Scope[];

  @DateTimeField({
    optional: true,
    nullable: true,
    description: 'Without it the key lasts as long as is allowed: `API_KEY_MAX_DAYS`, 365 unless set.',
  })
  expires_at?: string | null;
}

/** What `POST /api/auth/api-keys/{id}/rotate` takes; the body may be left out. */
export class RotateApiKeyRequest {
  @IntegerField({
    min: 0,
    max: MAX_OVERLAP_SECONDS,
    optional: true,
    default: DEFAULT_OVERLAP_SECONDS,
    description: 'How long the key before goes on counting.',
  })
  overlap_seconds = DEFAULT_OVERLAP_SECONDS;
}

/** An API key, without the key. */
export class ApiKeyResponse {
  @UuidField()
  id!: string;

  @UuidField({ description: 'Its owner: what it may do is the part of its scopes that the owner holds.' })
  operator_id!: string;

  @StringField({ example: 'nightly import' })
  name!: string;

  @StringField({ description: 'The first characters, to recognise it by.', example: 'zko_3kTm9QxA' })
  prefix!: string;

  @ArrayField(enumRule(SCOPES, 'Scope'))
  scopes!: string[];

  @DateTimeField()
  created_at!: string;

  @DateTimeField({ nullable: true, description: 'Null only for a key that was made before there was a longest life.' })
  expires_at!: string | null;

  @DateTimeField({ nullable: true, description: 'To the minute.' })
  last_used_at!: string | null;

  @DateTimeField({ nullable: true })
  revoked_at!: string | null;

  @UuidField({ nullable: true, description: 'The key that this one replaces.' })
  rotated_from!: string | null;
}

/** A key that was made just now. */
export class IssuedApiKeyResponse extends ApiKeyResponse {
  @StringField({ description: 'The key itself, shown this once: `Authorization: Bearer <key>`.' })
  key!: string;
}

/** The members of {@link ApiKeyResponse}. */
type ApiKeyFields = Pick<ApiKeyResponse, keyof ApiKeyResponse>;

/** From the store to the wire. */
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

/** As {@link toApiKeyResponse}, with the key. */
export function toIssuedApiKeyResponse({ apiKey, key }: IssuedApiKey): IssuedApiKeyResponse {
  return { ...toApiKeyResponse(apiKey), key };
}
