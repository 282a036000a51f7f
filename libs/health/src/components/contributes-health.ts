import { DiscoveryService } from '@nestjs/core';

/** How a component is listed by the system health. */
export interface HealthContributorOptions {
  /** Its name in the answer, snake_case, for example `sse`. */
  readonly name: string;
  /** Anchor of the heading in `docs/deployment-runbook.md` to read when the component is not up, for example `outbox-not-processing`. */
  readonly runbook: string;
}

/** Marks a provider of any module as a {@link HealthContributor}: `@ContributesHealth({ name: 'sse', runbook: 'high-memory-usage' })`. */
export const ContributesHealth = DiscoveryService.createDecorator<HealthContributorOptions>();
