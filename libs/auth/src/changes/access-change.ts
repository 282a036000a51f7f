/** What must be read again: an operator with its sessions and keys, one session, or one key. */
export interface AccessChange {
  readonly kind: 'operator' | 'session' | 'api_key';
  /** Its UUID. */
  readonly id: string;
}

/** The notice channel for changes. */
export const ACCESS_CHANNEL = 'zakops_auth';

const FORM = /^(operator|session|api_key):([0-9a-f-]{36})$/;

/** Writes a change as the payload of a notice. */
export function formatAccessChange({ kind, id }: AccessChange): string {
  return `${kind}:${id}`;
}

/** Reads a payload of {@link formatAccessChange}; undefined for any other text. */
export function parseAccessChange(text: string): AccessChange | undefined {
  const [, kind, id] = FORM.exec(text) ?? [];
  return kind === undefined || id === undefined ? undefined : { kind: kind as AccessChange['kind'], id };
}
