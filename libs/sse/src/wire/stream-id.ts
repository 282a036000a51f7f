/** A place in one log: everything up to and including `position` has been seen. */
export interface StreamId {
  readonly epoch: string;
  readonly position: number;
}

/** Writes the `id:` of a frame. Opaque to clients, who only give it back. */
export function formatStreamId({ epoch, position }: StreamId): string {
  return `${epoch}-${String(position)}`;
}

/** A place that a client gives back. */
export interface GivenPlace {
  readonly position: number;
  /** Undefined from clients of version 0.3, which know positions only: they are taken for positions of this log. */
  readonly epoch: string | undefined;
}

/** The form of a {@link GivenPlace}. */
export const PLACE_FORM = /^(?:([0-9a-z]{1,64})-)?(0|[1-9]\d{0,15})$/;

/** Reads an `id:` of a frame or a bare position, of {@link PLACE_FORM}; numbers beyond 2^53 become the largest position. */
export function parsePlace(text: string): GivenPlace {
  const [, epoch, digits] = PLACE_FORM.exec(text) ?? [];
  return { epoch, position: Math.min(Number(digits), Number.MAX_SAFE_INTEGER) };
}

/** Reads what {@link formatStreamId} wrote; undefined for any other text. */
export function parseStreamId(text: string): StreamId | undefined {
  const [, epoch, digits] = PLACE_FORM.exec(text) ?? [];
  const position = Number(digits);
  if (epoch === undefined || !Number.isSafeInteger(position)) return undefined;
  return { epoch, position };
}
