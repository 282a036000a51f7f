import type { z } from 'zod';

/** What the catalogue says of one event type. */
export interface EventDefinition<S extends z.ZodType = z.ZodType> {
  /** Raised when the payload changes in a way that an old reader would misread. */
  readonly version: number;
  /** Which kind of aggregate the event belongs to; its id is the subject. */
  readonly aggregateType: string;
  /** One sentence for the generated catalogue: when this happens. */
  readonly description: string;
  /** The payload: gives the compile-time type, the run-time check and the JSON Schema. */
  readonly data: S;
  /** A valid payload, for the generated catalogue and for tests. */
  readonly example: z.infer<S>;
}

/** Types a catalogue entry; the compiler checks the example against the schema. */
export function defineEvent<S extends z.ZodType>(definition: EventDefinition<S>): EventDefinition<S> {
  return definition;
}
