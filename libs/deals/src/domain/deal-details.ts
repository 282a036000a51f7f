import { isDeepStrictEqual } from 'node:util';

/**
 * A document inside a deal, in its wire form (snake_case). Its shape is checked where it comes in; the aggregate keeps and compares
 * it as a whole. Amounts of money in it are texts with a currency, so nothing on the way turns them into floats. Numbers of adopted deals
 * that a double cannot hold are there as `RawNumber`.
 */
export type DealDocument = Readonly<Record<string, unknown>>;

/** What a deal says of itself, without its stage: the fields that an update may change. */
export interface DealDetails {
  readonly canonicalName: string;
  readonly displayName: string | null;
  readonly folderPath: string | null;
  readonly status: string;
  readonly identifiers: DealDocument;
  readonly companyInfo: DealDocument;
  readonly broker: DealDocument;
  readonly metadata: DealDocument;
  /** What has to be done next. */
  readonly nextStep: string | null;
  /** The day by which, `YYYY-MM-DD`. */
  readonly nextStepAt: string | null;
}

/** A change of one field, as `deal.updated` carries it. */
export interface FieldChange {
  readonly field: string;
  readonly old_value: unknown;
  readonly new_value: unknown;
}

const WIRE_NAMES: Readonly<Record<keyof DealDetails, string>> = {
  canonicalName: 'canonical_name',
  displayName: 'display_name',
  folderPath: 'folder_path',
  status: 'status',
  identifiers: 'identifiers',
  companyInfo: 'company_info',
  broker: 'broker',
  metadata: 'metadata',
  nextStep: 'next_step',
  nextStepAt: 'next_step_at',
};

const FIELDS = Object.keys(WIRE_NAMES) as readonly (keyof DealDetails)[];

/** The details under the names that callers know. */
export function toWireNames(details: Partial<DealDetails>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(FIELDS.map((field) => [WIRE_NAMES[field], details[field]]));
}

/** The part of `changes` that differs from what is there. */
export function realChanges(before: DealDetails, changes: Partial<DealDetails>): Partial<DealDetails> {
  const differs = (field: keyof DealDetails): boolean => changes[field] !== undefined && !isDeepStrictEqual(before[field], changes[field]);
  return Object.fromEntries(FIELDS.filter(differs).map((field) => [field, changes[field]]));
}

/** Changes as `deal.updated` carries them, in a fixed order. */
export function toFieldChanges(before: DealDetails, changes: Partial<DealDetails>): readonly FieldChange[] {
  return FIELDS.filter((field) => field in changes).map((field) => ({
    field: WIRE_NAMES[field],
    old_value: before[field],
    new_value: changes[field],
  }));
}

/** Adds what the registry takes for granted: medium priority, and a medium rating for a broker that is known. */
export function withDefaults<D extends Partial<DealDetails>>(details: D): D {
  const { metadata, broker } = details;
  return {
    ...details,
    ...(metadata === undefined ? {} : { metadata: { priority: 'MEDIUM', ...metadata } }),
    ...(broker === undefined || Object.keys(broker).length === 0 ? {} : { broker: { quality_rating: 'MEDIUM', ...broker } }),
  };
}
