import type { DealDocument } from './deal-details.js';

/** What a guard asks of a deal. */
export const GUARD_RULES = ['required_fields', 'nda_signed', 'no_open_actions'] as const;

/** One of {@link GUARD_RULES}. */
export type GuardRule = (typeof GUARD_RULES)[number];

/** A rule that a move must keep, beside the stage machine. */
export interface MoveGuard {
  readonly id: string;
  /** Null for every stage. */
  readonly fromStage: string | null;
  readonly toStage: string;
  readonly rule: GuardRule;
  /** JSON pointers into the deal, for `required_fields`. */
  readonly fields: readonly string[];
  /** What the person who moves the deal has to do. */
  readonly message: string;
}

/** A guard that a deal does not pass. */
export interface MoveBlocker {
  /** Null for the stage machine itself. */
  readonly guardId: string | null;
  readonly rule: GuardRule | 'stage_machine';
  readonly message: string;
  /** The JSON pointers that are empty, for `required_fields`. */
  readonly fields: readonly string[];
}

/** The parts of a deal that guards look at, under the names of the wire. */
export interface GuardedDeal {
  readonly document: DealDocument;
  readonly openActions: number;
}

/** The guards that hold a deal back from a move. */
export function blockersOf(guards: readonly MoveGuard[], fromStage: string, toStage: string, deal: GuardedDeal): readonly MoveBlocker[] {
  return guards
    .filter((guard) => guard.toStage === toStage && (guard.fromStage === null || guard.fromStage === fromStage))
    .flatMap((guard) => {
      const missing = missingFields(guard, deal);
      return missing === undefined ? [] : [{ guardId: guard.id, rule: guard.rule, message: guard.message, fields: missing }];
    });
}

/** The fields that a guard misses; undefined when the deal passes it. */
function missingFields({ rule, fields }: MoveGuard, { document, openActions }: GuardedDeal): readonly string[] | undefined {
  switch (rule) {
    case 'required_fields': {
      const missing = fields.filter((pointer) => isEmpty(valueAt(document, pointer)));
      return missing.length === 0 ? undefined : missing;
    }
    case 'nda_signed':
      return valueAt(document, '/metadata/nda_status') === 'signed' ? undefined : ['/metadata/nda_status'];
    case 'no_open_actions':
      return openActions === 0 ? undefined : [];
  }
}

/** The value at a JSON pointer (RFC 6901); undefined when there is none. */
function valueAt(document: DealDocument, pointer: string): unknown {
  let at: unknown = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
