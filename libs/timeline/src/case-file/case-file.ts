import { ContributionError, contributionsOf } from '#zakops/http';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { CaseFileSection } from './case-file-section.js';
import { ContributesCaseFile } from './contributes-case-file.js';
import type { CaseFileSectionOptions } from './contributes-case-file.js';

interface NamedSection extends CaseFileSectionOptions {
  readonly section: CaseFileSection;
}

/** Writes everything that is known of a deal as one JSON object. */
@Injectable()
export class CaseFile implements OnApplicationBootstrap {
  #sections: readonly NamedSection[] | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws ContributionError at the start, and not in a call */
  onApplicationBootstrap(): void {
    this.sections();
  }

  /**
   * The parts of the JSON text, in their order.
   *
   * @remarks Each section is read page by page, when the part before it was taken: memory does not grow with the length. The text ends with
   * the member `complete`, so that a text that was cut off is no JSON.
   * @param head - members in front of the sections, as they are sent
   */
  async *write(dealId: string, head: Readonly<Record<string, unknown>>): AsyncGenerator<string> {
    yield `{${Object.entries(head)
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join(',')}`;
    for (const { name, section } of this.sections()) {
      yield `,${JSON.stringify(name)}:[`;
      yield* items(section, dealId);
      yield ']';
    }
    yield ',"complete":true}';
  }

  private sections(): readonly NamedSection[] {
    return (this.#sections ??= this.discover());
  }

  private discover(): readonly NamedSection[] {
    const found = new Map<string, NamedSection>();
    for (const { options, instance } of contributionsOf(this.discovery, ContributesCaseFile)) {
      if (!isSection(instance)) throw new ContributionError(`Case file section ${options.name}: it has no page method.`);
      if (found.has(options.name)) throw new ContributionError(`Case file section ${options.name}: the name is taken.`);
      found.set(options.name, { ...options, section: instance });
    }
    return [...found.values()].sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1));
  }
}

async function* items(section: CaseFileSection, dealId: string): AsyncGenerator<string> {
  let after: unknown;
  let separator = '';
  do {
    const page = await section.page(dealId, after);
    if (page.items.length > 0) yield separator + page.items.map((item) => JSON.stringify(item)).join(',');
    if (page.items.length > 0) separator = ',';
    after = page.next;
  } while (after !== null);
}

function isSection(instance: unknown): instance is CaseFileSection {
  return typeof instance === 'object' && instance !== null && 'page' in instance && typeof instance.page === 'function';
}
