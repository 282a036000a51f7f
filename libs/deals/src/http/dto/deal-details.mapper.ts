import { InputError } from '#zakops/http';
import type { DealDetails, DealDocument } from '../../domain/deal-details.js';
import type { CreateDealRequest } from './create-deal.request.js';
import type { DealFieldsRequest } from './deal-fields.request.js';
import type { UpdateDealRequest } from './update-deal.request.js';

/** The details of a new deal. */
export function toDetails(request: CreateDealRequest): DealDetails {
  return {
    canonicalName: request.canonical_name,
    displayName: null,
    folderPath: null,
    status: 'active',
    identifiers: {},
    companyInfo: {},
    broker: {},
    metadata: {},
    nextStep: null,
    nextStepAt: null,
    ...givenFields(request),
  };
}

/**
 * The details that an update changes.
 *
 * @throws InputError when it names no field at all
 */
export function toChanges(request: UpdateDealRequest): Partial<DealDetails> {
  if (Object.values(request).every((value) => value === undefined)) {
    throw new InputError([{ pointer: '', detail: 'The body must name at least one field to change', code: 'EMPTY' }]);
  }
  return { ...(request.canonical_name === undefined ? {} : { canonicalName: request.canonical_name }), ...givenFields(request) };
}

/** What a row of an import says of a deal. */
type ImportedFields = DealFieldsRequest & { readonly canonical_name: string };

/** The details of a deal that an import opens. */
export function toImportDetails(row: ImportedFields): DealDetails {
  return toDetails(row as CreateDealRequest);
}

/** The details that a row of an import names. */
export function toImportChanges(row: ImportedFields): Partial<DealDetails> {
  return { canonicalName: row.canonical_name, ...givenFields(row) };
}

function givenFields(request: DealFieldsRequest): Partial<DealDetails> {
  const { display_name, folder_path, status, identifiers, company_info, broker, metadata, next_step, next_step_at } = request;
  return {
    ...(display_name === undefined ? {} : { displayName: display_name }),
    ...(folder_path === undefined ? {} : { folderPath: folder_path }),
    ...(status === undefined ? {} : { status }),
    ...(identifiers === undefined ? {} : { identifiers: toDocument(identifiers) }),
    ...(company_info === undefined ? {} : { companyInfo: toDocument(company_info) }),
    ...(broker === undefined ? {} : { broker: toDocument(broker) }),
    ...(metadata === undefined ? {} : { metadata: toDocument(metadata) }),
    ...(next_step === undefined ? {} : { nextStep: next_step }),
    ...(next_step_at === undefined ? {} : { nextStepAt: next_step_at }),
  };
}

/** As it will come back from the database: plain objects, so that equal documents compare as equal. */
function toDocument(value: object): DealDocument {
  return JSON.parse(JSON.stringify(value)) as DealDocument;
}
