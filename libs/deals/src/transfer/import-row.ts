import { DEAL_STAGES } from '#zakops/contracts';
import type { DealStage } from '#zakops/contracts';
import { EnumField, readInstance, StringField } from '#zakops/http';
import { DealFieldsRequest } from '../http/dto/deal-fields.request.js';
import type { FileRow } from './read-rows.js';

/** A row of an import, checked as the body of a request is. */
export class ImportRow extends DealFieldsRequest {
  @StringField({ optional: true, pattern: /^DEAL-\d{6,}$/, max: 23, patternHint: 'must look like DEAL-000001' })
  deal_id?: string;

  @StringField({ optional: true, min: 1, max: 200, notBlank: true })
  external_id?: string;

  @StringField({ max: 200, notBlank: true })
  canonical_name!: string;

  @EnumField(DEAL_STAGES, 'DealStage', { optional: true })
  stage?: DealStage;
}

/** A row to import, or why it will not be. */
export interface CheckedRow {
  readonly line: number;
  readonly given: ImportRow | null;
  readonly code: string | null;
  readonly field: string | null;
  readonly detail: string | null;
}

/** By which name a row finds its deal: the id, else the external id, else the canonical name, which becomes the external id. */
function keyOf({ deal_id: dealId, external_id: externalId, canonical_name: name }: ImportRow): string {
  return dealId === undefined ? `external:${externalId ?? name}` : `deal:${dealId}`;
}

/** Checks every row for itself, and that no two are about one deal. */
export function checkRows(rows: readonly FileRow[]): readonly CheckedRow[] {
  const lines = new Map<string, number>();
  return rows.map((row) => {
    if ('code' in row) return { given: null, ...row };
    const { instance, faults } = readInstance(ImportRow, row.members, 'json');
    const [fault] = faults;
    if (fault !== undefined) return { line: row.line, given: null, code: fault.code, field: fault.at.slice(1), detail: fault.detail };
    const key = keyOf(instance);
    const first = lines.get(key);
    if (first !== undefined) {
      return { line: row.line, given: null, code: 'DUPLICATE_ROW', field: null, detail: `is about the deal of line ${String(first)}` };
    }
    lines.set(key, row.line);
    return { line: row.line, given: instance, code: null, field: null, detail: null };
  });
}
