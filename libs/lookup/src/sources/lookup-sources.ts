import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ContributesLookup, LOOKUP_KINDS } from './lookup-source.js';
import type { Lookup, LookupSource } from './lookup-source.js';

/** A provider is marked as a source and has no lookups: a defect. */
export class LookupSourceDeclarationError extends Error {
  constructor(name: string) {
    super(`Lookup source ${name}: it has no lookups.`);
    this.name = 'LookupSourceDeclarationError';
  }
}

/** Finds the providers that are marked with `@ContributesLookup`, in any module. */
@Injectable()
export class LookupSources implements OnApplicationBootstrap {
  #found: readonly Lookup[] | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws LookupSourceDeclarationError at the start, and not in a request */
  onApplicationBootstrap(): void {
    this.all();
  }

  /** All lookups, in the order of {@link LOOKUP_KINDS}. */
  all(): readonly Lookup[] {
    this.#found ??= this.discover();
    return this.#found;
  }

  private discover(): readonly Lookup[] {
    const sources = new Set<LookupSource>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: ContributesLookup.KEY })) {
      const instance: unknown = wrapper.instance;
      if (!isSource(instance)) throw new LookupSourceDeclarationError(String(wrapper.name));
      sources.add(instance);
    }
    const lookups = [...sources].flatMap((source) => source.lookups);
    return lookups.sort((a, b) => LOOKUP_KINDS.indexOf(a.kind) - LOOKUP_KINDS.indexOf(b.kind));
  }
}

function isSource(instance: unknown): instance is LookupSource {
  return typeof instance === 'object' && instance !== null && 'lookups' in instance && Array.isArray(instance.lookups);
}
