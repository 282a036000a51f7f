import { DiscoveryService } from '@nestjs/core';

/**
 * Rows of one table that go when they are old. The active worker removes them, and an API process says how far that is behind.
 *
 * @remarks Statements are constants of the code. The provider belongs in a module of the worker, and in one of the API for its metric.
 */
export interface RetentionContributor {
  /** The table as the metric of the lag names it, for example `dead_letter_archive`. */
  readonly table: string;
  /** How many days rows are kept, from a setting; 0 keeps all. */
  readonly days: number;
  /** SQL that removes at most $2 rows older than $1 days, the oldest first, by an index; gives their number as `n`. */
  readonly purge: string;
  /** SQL of one value: the time of the oldest row, read by an index; null when there is none. */
  readonly oldest: string;
}

/** Marks a provider of any module as a {@link RetentionContributor}: `@ContributesRetention()`. */
export const ContributesRetention = DiscoveryService.createDecorator();

/** A provider is marked with `@ContributesRetention` and has no statement, or two have the same table: a defect. */
export class RetentionDeclarationError extends Error {
  constructor(name: string, reason: string) {
    super(`Retention of ${name}: ${reason}.`);
    this.name = 'RetentionDeclarationError';
  }
}

/** Finds the contributors of all modules of this process, in the order of their tables. */
export function retentionContributors(discovery: DiscoveryService): readonly RetentionContributor[] {
  const found = new Map<string, RetentionContributor>();
  for (const wrapper of discovery.getProviders({ metadataKey: ContributesRetention.KEY })) {
    const instance: unknown = wrapper.instance;
    if (!isContributor(instance)) throw new RetentionDeclarationError(String(wrapper.name), 'it has no purge statement');
    const taken = found.get(instance.table);
    if (taken !== undefined && taken !== instance) throw new RetentionDeclarationError(instance.table, 'the table has one already');
    found.set(instance.table, instance);
  }
  return [...found.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
}

function isContributor(instance: unknown): instance is RetentionContributor {
  return typeof instance === 'object' && instance !== null && 'purge' in instance && typeof instance.purge === 'string';
}
