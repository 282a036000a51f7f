import { AuditConfig, AuditRetentionConfig } from '#zakops/audit';
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
import { CliSettings } from './cli.settings.js';

/** Every settings class of API, worker and command line: of these the documents are made, and `docs:check` names one of the API that lacks here. */
export const EVERY_SETTING: readonly AnyConfigClass[] = [
  RuntimeConfig,
  DatabaseConfig,
  HttpConfig,
  RateLimitConfig,
  AuthConfig,
  DealsConfig,
  QuarantineConfig,
  OperatorsConfig,
  IdempotencyConfig,
  OutboxConfig,
  SseConfig,
  DrainConfig,
  AuditConfig,
  AuditRetentionConfig,
  MonitoringConfig,
  TracingConfig,
  CliSettings,
];

/** The rules of API and worker between settings of different classes. */
const RULES: readonly ConfigRule[] = [checkAuthConfig, checkOperatorsConfig, checkOutboxConfig, checkDrainConfig];

/**
 * Reads all settings at once, as API and worker together would.
 *
 * @throws ConfigError with every problem
 */
export function loadEverySetting(env: Readonly<Record<string, string | undefined>>): LoadedConfig {
  return loadConfig(EVERY_SETTING, env, RULES);
}
