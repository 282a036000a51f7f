/** What is wrong with a value: a stable reason, a sentence, and where inside the value (`/amount`), empty for the value itself. */
export interface Fault {
  readonly code: string;
  readonly detail: string;
  readonly at: string;
}

/** A fragment of JSON Schema as `@nestjs/swagger` takes it. */
export type SchemaFragment = Readonly<Record<string, unknown>>;

/** What a value must look like: one description for validation and for OpenAPI. */
export interface ValueRule {
  readonly schema: SchemaFragment;
  /** Takes a repeated query parameter. */
  readonly list?: boolean;
  /** Leaves a text as it was typed, for a secret that has a rule of its own; every other text is composed before it is checked. */
  readonly asTyped?: boolean;
  /** Empty when the value is right. Sees neither undefined nor null: those are the field's business. */
  faults(value: unknown): readonly Fault[];
  /** Reads the value from the text of a query parameter; leaves what it cannot read for {@link faults} to refuse. */
  fromText?(text: string): unknown;
}

/** The answer of a rule that found one fault in the value itself. */
export function fault(code: string, detail: string, at = ''): readonly Fault[] {
  return [{ code, detail, at }];
}

/** The answer of a rule that found nothing wrong. */
export const NO_FAULTS: readonly Fault[] = [];
