/** A place in one log: everything up to and including `position` has been seen. */
export interface StreamId {
  readonly epoch: string;
  readonly position: number;
}

const FORM = /^([0-9a-z]{1,64})-(0|[1-9]\d{0,15})$/;

/** Writes the `id:` of a frame. Opaque to clients, who only give it back. */
export function formatStreamId({ epoch, position }: StreamId): string {
  return `${epoch}-${String(position)}`;
}

/** Reads what {@link formatStreamId} wrote; undefined for any other text. */
export function parseStreamId(text: string): StreamId | undefined {
  const [, epoch, digits] = FORM.exec(text) ?? [];
  const position = Number(digits);
  if (epoch === undefined || !Number.isSafeInteger(position)) return undefined;
  return { epoch, position };
}
