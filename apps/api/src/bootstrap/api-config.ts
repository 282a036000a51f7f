import { AuditRetentionConfig } from '#zakops/audit';
import { AuthConfig, checkAuthConfig } from '#zakops/auth';
import { loadConfig, RuntimeConfig } from '#zakops/config';
import type { AnyConfigClass, ConfigRule, LoadedConfig } from '#zakops/config';
import { DatabaseConfig } from '#zakops/database';
import { DealsConfig } from '#zakops/deals';
import { checkDrainConfig, DrainConfig } from '#zakops/health';
import { HttpConfig } from '#zakops/http';
import { IdempotencyConfig } from '#zakops/idempotency';
import { MonitoringConfig } from '#zakops/monitoring';
import { checkOperatorsConfig, OperatorsConfig } from '#zakops/operators';
import { checkOutboxConfig, OutboxConfig } from '#zakops/outbox';
import { QuarantineConfig } from '#zakops/quarantine';
import { RateLimitConfig } from '#zakops/rate-limit';
import { SseConfig } from '#zakops/sse';
import { TracingConfig } from '#zakops/tracing';

/** Every settings class that the API reads. */
export const API_SETTINGS: readonly AnyConfigClass[] = [
  RuntimeConfig,
  HttpConfig,
  RateLimitConfig,
  AuthConfig,
  IdempotencyConfig,
  DatabaseConfig,
  OutboxConfig,
  AuditRetentionConfig,
  SseConfig,
  DealsConfig,
  QuarantineConfig,
  OperatorsConfig,
  MonitoringConfig,
  TracingConfig,
  DrainConfig,
];

const RULES: readonly ConfigRule[] = [checkAuthConfig, checkOperatorsConfig, checkOutboxConfig, checkDrainConfig];

/**
 * Reads the settings of the API.
 *
 * @throws ConfigError with every problem at once
 */
export function loadApiConfig(env: Readonly<Record<string, string | undefined>>): LoadedConfig {
  return loadConfig(API_SETTINGS, env, RULES);
}
