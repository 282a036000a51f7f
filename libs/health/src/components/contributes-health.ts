import { DiscoveryService } from '@nestjs/core';

/** How a component is listed by the system health. */
export interface HealthContributorOptions {
  /** Its name in the answer, snake_case, for example `sse`. */
  readonly name: string;
  /** Heading of `docs/deployment-runbook.md` to read when it is not well, as a link has it, for example `outbox-not-processing`. */
  readonly runbook: string;
}

/** Marks a provider of any module as a {@link HealthContributor}: `@ContributesHealth({ name: 'sse', runbook: 'high-memory-usage' })`. */
export const ContributesHealth = DiscoveryService.createDecorator<HealthContributorOptions>();
