import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ContributesHealth } from './contributes-health.js';
import type { HealthContributorOptions } from './contributes-health.js';
import type { HealthContributor } from './health-contributor.js';

/** A provider is marked as a contributor but has no `check` method, or its name is taken: a defect. */
export class HealthContributorDeclarationError extends Error {
  constructor(name: string, reason: string) {
    super(`Health contributor ${name}: ${reason}.`);
    this.name = 'HealthContributorDeclarationError';
  }
}

/** A contributor and how it is listed. */
export interface RegisteredContributor extends HealthContributorOptions {
  readonly contributor: HealthContributor;
}

/** Finds the providers that are marked with `@ContributesHealth`, in any module. */
@Injectable()
export class HealthContributors implements OnApplicationBootstrap {
  #found: readonly RegisteredContributor[] | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws HealthContributorDeclarationError at the start, and not in a probe */
  onApplicationBootstrap(): void {
    this.all();
  }

  /**
   * All contributors of this process, by name.
   *
   * @throws HealthContributorDeclarationError for a repeated name, or a class without `check`
   */
  all(): readonly RegisteredContributor[] {
    this.#found ??= this.discover();
    return this.#found;
  }

  private discover(): readonly RegisteredContributor[] {
    const found = new Map<string, RegisteredContributor>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: ContributesHealth.KEY })) {
      const options = this.discovery.getMetadataByDecorator(ContributesHealth, wrapper);
      if (options === undefined) continue;
      const instance: unknown = wrapper.instance;
      if (!isContributor(instance)) throw new HealthContributorDeclarationError(options.name, 'it has no check method');
      const taken = found.get(options.name);
      if (taken !== undefined && taken.contributor !== instance)
        throw new HealthContributorDeclarationError(options.name, 'the name is taken');
      found.set(options.name, { ...options, contributor: instance });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function isContributor(instance: unknown): instance is HealthContributor {
  return typeof instance === 'object' && instance !== null && 'check' in instance && typeof instance.check === 'function';
}
