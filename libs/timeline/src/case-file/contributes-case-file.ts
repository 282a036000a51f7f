import { DiscoveryService } from '@nestjs/core';

/** How a section stands in the case file. */
export interface CaseFileSectionOptions {
  /** The name of its list, snake_case. */
  readonly name: string;
  /** Sections are sent by rising order, those of the same order by name. */
  readonly order: number;
}

/** Marks a provider of any module as a CaseFileSection: `@ContributesCaseFile({ name: 'notes', order: 30 })`. */
export const ContributesCaseFile = DiscoveryService.createDecorator<CaseFileSectionOptions>();
