import { within } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ContributesHeartbeatStats } from './contributes-heartbeat-stats.js';
import type { HeartbeatStatsContributor } from './contributes-heartbeat-stats.js';

const LIMIT_MS = 1_000;

/** A provider is marked with `@ContributesHeartbeatStats` but has no `heartbeatStats` method: a defect. */
export class HeartbeatStatsDeclarationError extends Error {
  constructor(name: string) {
    super(`Heartbeat stats ${name}: it has no heartbeatStats method.`);
    this.name = 'HeartbeatStatsDeclarationError';
  }
}

/** Collects what the parts of this process send with a heartbeat; finds them by `@ContributesHeartbeatStats`. */
@Injectable()
export class HeartbeatStats implements OnApplicationBootstrap {
  readonly #logger = new Logger(HeartbeatStats.name);
  #found: readonly HeartbeatStatsContributor[] | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws HeartbeatStatsDeclarationError at the start, and not with a heartbeat */
  onApplicationBootstrap(): void {
    this.contributors();
  }

  /** The values of all parts. A part that fails, or does not answer within a second, is left out. */
  async read(): Promise<object> {
    const parts = await Promise.all(this.contributors().map((contributor) => this.readOne(contributor)));
    return Object.assign({}, ...parts) as object;
  }

  private async readOne(contributor: HeartbeatStatsContributor): Promise<object> {
    try {
      return await within(LIMIT_MS, Promise.resolve(contributor.heartbeatStats()));
    } catch (error) {
      this.#logger.debug({ err: error }, 'A heartbeat lacks the stats of one part.');
      return {};
    }
  }

  private contributors(): readonly HeartbeatStatsContributor[] {
    this.#found ??= [...new Set(this.discovery.getProviders({ metadataKey: ContributesHeartbeatStats.KEY }).map(toContributor))];
    return this.#found;
  }
}

function toContributor({ name, instance }: { readonly name: string; readonly instance: unknown }): HeartbeatStatsContributor {
  if (!isContributor(instance)) throw new HeartbeatStatsDeclarationError(name);
  return instance;
}

function isContributor(instance: unknown): instance is HeartbeatStatsContributor {
  return typeof instance === 'object' && instance !== null && 'heartbeatStats' in instance && typeof instance.heartbeatStats === 'function';
}
