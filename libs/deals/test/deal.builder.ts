import type { DealDetails } from '../src/domain/deal-details.js';
import { NEW_STANDING } from '../src/domain/deal-standing.js';
import { Deal } from '../src/domain/deal.js';
import type { DealState } from '../src/domain/stored-deal.js';

/** Details of a deal; a test states only what matters to it. */
export function dealDetails(details: Partial<DealDetails> = {}): DealDetails {
  return {
    canonicalName: 'acme-plumbing',
    displayName: 'Acme Plumbing',
    folderPath: null,
    status: 'active',
    identifiers: {},
    companyInfo: {},
    broker: {},
    metadata: {},
    nextStep: null,
    nextStepAt: null,
    ...details,
  };
}

/** A stored deal with three events behind it. */
export function aDeal(state: Partial<DealState> = {}): Deal {
  return Deal.restore({ ...NEW_STANDING, ...dealDetails(), dealId: 'DEAL-000001', stage: 'inbound', aliases: [], version: 3, ...state });
}

/** What `work` throws. */
export function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}
