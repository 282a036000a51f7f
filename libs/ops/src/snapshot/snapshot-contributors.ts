import { ContributesSnapshot } from '#zakops/figures';
import type { SnapshotContributor, SnapshotOptions } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** A provider is marked with `@ContributesSnapshot` but has no `snapshot` method, or one of its members is taken: a defect. */
export class SnapshotDeclarationError extends Error {
  constructor(name: string, reason: string) {
    super(`Snapshot ${name}: ${reason}.`);
    this.name = 'SnapshotDeclarationError';
  }
}

/** A contributor, and what it gives. */
export interface RegisteredSnapshot extends SnapshotOptions {
  readonly contributor: SnapshotContributor;
}

/** Finds the providers that are marked with `@ContributesSnapshot`, in any module. */
@Injectable()
export class SnapshotContributors implements OnApplicationBootstrap {
  #found: readonly RegisteredSnapshot[] | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws SnapshotDeclarationError at the start, and not with a request */
  onApplicationBootstrap(): void {
    this.all();
  }

  /** All contributors of this process. */
  all(): readonly RegisteredSnapshot[] {
    this.#found ??= this.discover();
    return this.#found;
  }

  private discover(): readonly RegisteredSnapshot[] {
    const found = new Map<SnapshotContributor, RegisteredSnapshot>();
    const taken = new Map<string, SnapshotContributor>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: ContributesSnapshot.KEY })) {
      const options = this.discovery.getMetadataByDecorator(ContributesSnapshot, wrapper);
      if (options === undefined) continue;
      const instance: unknown = wrapper.instance;
      const label = options.members.join();
      if (!isContributor(instance)) throw new SnapshotDeclarationError(label, 'it has no snapshot method');
      for (const member of options.members) {
        if ((taken.get(member) ?? instance) !== instance) throw new SnapshotDeclarationError(label, 'a member is taken');
        taken.set(member, instance);
      }
      found.set(instance, { ...options, contributor: instance });
    }
    return [...found.values()];
  }
}

function isContributor(instance: unknown): instance is SnapshotContributor {
  return typeof instance === 'object' && instance !== null && 'snapshot' in instance && typeof instance.snapshot === 'function';
}
