import { RuntimeConfig } from '#zakops/config';
import { within } from '#zakops/kernel';
import { Logger } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ComponentHistory } from '../../components/component-history.js';
import type { ComponentHealth } from '../../components/health-contributor.js';
import { HealthContributors } from '../../components/health-contributors.js';
import type { RegisteredContributor } from '../../components/health-contributors.js';
import { publicReason } from '../../components/public-reason.js';
import { GetSystemHealth } from './get-system-health.query.js';
import type { ComponentStatus, SystemHealth } from './get-system-health.query.js';

const CHECK_LIMIT_MS = 2_000;
const RUNBOOK = 'deployment-runbook.md';

@QueryHandler(GetSystemHealth)
export class GetSystemHealthHandler implements IQueryHandler<GetSystemHealth> {
  readonly #logger = new Logger(GetSystemHealthHandler.name);

  constructor(
    private readonly contributors: HealthContributors,
    private readonly history: ComponentHistory,
    private readonly runtime: RuntimeConfig,
  ) {}

  async execute(): Promise<SystemHealth> {
    const components = await Promise.all(this.contributors.all().map((registered) => this.check(registered)));
    return { overall: components.every(({ state }) => state === 'up') ? 'healthy' : 'degraded', components };
  }

  private async check({ name, runbook, contributor }: RegisteredContributor): Promise<ComponentStatus> {
    const health = await this.ask(name, contributor);
    const firstSeenAt = this.history.note(name, health.state);
    return {
      name,
      state: health.state,
      since: health.since ?? firstSeenAt,
      reason: health.state === 'up' ? null : (health.reason ?? 'No reason was given.'),
      runbook: `${this.runtime.runbookBaseUrl}/${RUNBOOK}#${runbook}`,
      stats: health.stats ?? {},
    };
  }

  private async ask(name: string, contributor: RegisteredContributor['contributor']): Promise<ComponentHealth> {
    try {
      return await within(CHECK_LIMIT_MS, Promise.resolve(contributor.check()));
    } catch (error) {
      this.#logger.debug({ err: error, component: name }, 'The check of a component failed.');
      return { state: 'unknown', reason: publicReason(error) };
    }
  }
}
