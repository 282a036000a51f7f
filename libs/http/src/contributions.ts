import type { DiscoverableDecorator, DiscoveryService } from '@nestjs/core';

/** A provider is marked as a contributor and cannot be one: a defect. */
export class ContributionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ContributionError';
  }
}

/** A marked provider, and what its mark says. */
export interface Contribution<O> {
  readonly options: O;
  readonly instance: unknown;
}

/** The providers of all modules that carry a mark; one that several modules share comes once. */
export function contributionsOf<O>(discovery: DiscoveryService, mark: DiscoverableDecorator<O>): readonly Contribution<O>[] {
  const found = new Map<unknown, Contribution<O>>();
  for (const wrapper of discovery.getProviders({ metadataKey: mark.KEY })) {
    const options = discovery.getMetadataByDecorator(mark, wrapper);
    const instance: unknown = wrapper.instance;
    if (options !== undefined) found.set(instance, { options, instance });
  }
  return [...found.values()];
}
