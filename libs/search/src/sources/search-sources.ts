import type { Permission } from '#zakops/auth';
import { ContributionError, contributionsOf } from '#zakops/http';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ContributesSearch, SEARCH_KINDS } from './search-source.js';
import type { SearchKind, SearchSource } from './search-source.js';

/** A source and how it is listed. */
export interface RegisteredSource {
  readonly kind: SearchKind;
  readonly permission: Permission;
  readonly source: SearchSource;
}

/** Finds the providers that are marked with `@ContributesSearch`, in any module. */
@Injectable()
export class SearchSources implements OnApplicationBootstrap {
  #found: Readonly<Record<SearchKind, RegisteredSource>> | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws ContributionError at the start, and not in a request */
  onApplicationBootstrap(): void {
    this.all();
  }

  /** All sources, in the order of {@link SEARCH_KINDS}. */
  all(): readonly RegisteredSource[] {
    return SEARCH_KINDS.map((kind) => this.get(kind));
  }

  /** The source of a kind. */
  get(kind: SearchKind): RegisteredSource {
    return (this.#found ??= this.discover())[kind];
  }

  private discover(): Readonly<Record<SearchKind, RegisteredSource>> {
    const found = new Map<SearchKind, RegisteredSource>();
    for (const { options, instance } of contributionsOf(this.discovery, ContributesSearch)) {
      if (!isSource(instance)) throw new ContributionError(`Search source ${options.kind}: it has no describe method.`);
      if (found.has(options.kind)) throw new ContributionError(`Search source ${options.kind}: the kind is taken.`);
      found.set(options.kind, { ...options, source: instance });
    }
    const foundOf = (kind: SearchKind): RegisteredSource => {
      const source = found.get(kind);
      if (source === undefined) throw new ContributionError(`Search source ${kind}: no provider contributes it.`);
      return source;
    };
    return {
      deals: foundOf('deals'),
      actions: foundOf('actions'),
      quarantine: foundOf('quarantine'),
      senders: foundOf('senders'),
      notes: foundOf('notes'),
    };
  }
}

function isSource(instance: unknown): instance is SearchSource {
  return typeof instance === 'object' && instance !== null && 'describe' in instance && typeof instance.describe === 'function';
}
