/** What must be read anew: everything of an operator, one session, or one key. */
export interface AccessChange {
  readonly kind: 'operator' | 'session' | 'api_key';
  /** Its UUID. */
  readonly id: string;
}

/** The channel on which processes tell each other. */
export const ACCESS_CHANNEL = 'zakops_auth';

const FORM = /^(operator|session|api_key):([0-9a-f-]{36})$/;

/** A change as the text of a notice. */
export function formatAccessChange({ kind, id }: AccessChange): string {
  return `${kind}:${id}`;
}

/** Reads what {@link formatAccessChange} wrote; undefined for any other text. */
export function parseAccessChange(text: string): AccessChange | undefined {
  const [, kind, id] = FORM.exec(text) ?? [];
  return kind === undefined || id === undefined ? undefined : { kind: kind as AccessChange['kind'], id };
}
