import type { z } from 'zod';

const DEFAULT_PERMISSION = 'deals:read';

/** What the catalogue says of one event type. */
export interface EventDefinition<S extends z.ZodType = z.ZodType> {
  /** Raised when the payload changes in a way that an old reader would misread. */
  readonly version: number;
  /** Which kind of aggregate the event belongs to; its id is the subject. */
  readonly aggregateType: string;
  /** What a reader must be allowed to see such events: one of the permissions of `#zakops/auth`. */
  readonly permission: string;
  /** One sentence for the generated catalogue: when this happens. */
  readonly description: string;
  /** The payload: gives the compile-time type, the run-time check and the JSON Schema. */
  readonly data: S;
  /** A valid payload, for the generated catalogue and for tests. */
  readonly example: z.infer<S>;
}

/** Types a catalogue entry; the compiler checks the example against the schema. Without a permission whoever may read deals may see it. */
export function defineEvent<S extends z.ZodType>(
  definition: Omit<EventDefinition<S>, 'permission'> & { readonly permission?: string },
): EventDefinition<S> {
  return { permission: DEFAULT_PERMISSION, ...definition };
}
