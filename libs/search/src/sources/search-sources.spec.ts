import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ContributesSearch, SEARCH_KINDS } from './search-source.js';
import type { SearchKind } from './search-source.js';
import { SearchSources } from './search-sources.js';

function sourceOf(kind: SearchKind): Type {
  @Injectable()
  @ContributesSearch({ kind, permission: 'deals:read' })
  class Source {
    describe(): void {
      // A source is known by this method.
    }
  }
  return Source;
}

async function start(kinds: readonly SearchKind[]): Promise<SearchSources> {
  const providers = [SearchSources, ...kinds.map(sourceOf)];
  const module = await Test.createTestingModule({ imports: [DiscoveryModule], providers }).compile();
  await module.init();
  return module.get(SearchSources);
}

describe(SearchSources.name, () => {
  it('lists the sources in the order of the kinds', async () => {
    const sources = await start([...SEARCH_KINDS].reverse());
    expect(sources.all().map(({ kind }) => kind)).toEqual(SEARCH_KINDS);
  });

  it('does not start when a kind has no source', async () => {
    await expect(start(SEARCH_KINDS.slice(1))).rejects.toThrow('Search source deals: no provider contributes it.');
  });

  it('does not start when a kind has two sources', async () => {
    await expect(start([...SEARCH_KINDS, 'notes'])).rejects.toThrow('Search source notes: the kind is taken.');
  });
});
