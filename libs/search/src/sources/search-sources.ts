import type { Permission } from '#zakops/auth';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ContributesSearch, SEARCH_KINDS } from './search-source.js';
import type { SearchKind, SearchSource } from './search-source.js';

/** A provider is marked as a source but is none, a kind has two sources, or none: a defect. */
export class SearchSourceDeclarationError extends Error {
  constructor(kind: string, reason: string) {
    super(`Search source ${kind}: ${reason}.`);
    this.name = 'SearchSourceDeclarationError';
  }
}

/** A source and how it is listed. */
export interface RegisteredSource {
  readonly kind: SearchKind;
  readonly permission: Permission;
  readonly source: SearchSource;
}

/** Finds the providers that are marked with `@ContributesSearch`, in any module. */
@Injectable()
export class SearchSources implements OnApplicationBootstrap {
  #found: ReadonlyMap<SearchKind, RegisteredSource> | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws SearchSourceDeclarationError at the start, and not in a request */
  onApplicationBootstrap(): void {
    this.all();
  }

  /** All sources, in the order of {@link SEARCH_KINDS}. */
  all(): readonly RegisteredSource[] {
    return [...this.byKind().values()];
  }

  /** The source of a kind. */
  get(kind: SearchKind): RegisteredSource {
    const found = this.byKind().get(kind);
    if (found === undefined) throw new SearchSourceDeclarationError(kind, 'no provider contributes it');
    return found;
  }

  private byKind(): ReadonlyMap<SearchKind, RegisteredSource> {
    this.#found ??= this.discover();
    return this.#found;
  }

  private discover(): ReadonlyMap<SearchKind, RegisteredSource> {
    const found = new Map<SearchKind, RegisteredSource>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: ContributesSearch.KEY })) {
      const options = this.discovery.getMetadataByDecorator(ContributesSearch, wrapper);
      if (options === undefined) continue;
      const instance: unknown = wrapper.instance;
      if (!isSource(instance)) throw new SearchSourceDeclarationError(options.kind, 'it has no describe method');
      const taken = found.get(options.kind);
      if (taken !== undefined && taken.source !== instance) throw new SearchSourceDeclarationError(options.kind, 'the kind is taken');
      found.set(options.kind, { ...options, source: instance });
    }
    return new Map([...found].sort(([a], [b]) => SEARCH_KINDS.indexOf(a) - SEARCH_KINDS.indexOf(b)));
  }
}

function isSource(instance: unknown): instance is SearchSource {
  return typeof instance === 'object' && instance !== null && 'describe' in instance && typeof instance.describe === 'function';
}
