import type { z } from 'zod';

const DEFAULT_PERMISSION = 'deals:read';

/** One event type in the catalogue. */
export interface EventDefinition<S extends z.ZodType = z.ZodType> {
  /** Raised when the payload changes in a way that an old reader would misread. */
  readonly version: number;
  /** Which kind of aggregate the event belongs to; its id is the subject. */
  readonly aggregateType: string;
  /** The permission that a reader of such events needs: one of those of `#zakops/auth`. */
  readonly permission: string;
  /** Members of the payload that admin answers mask: dotted paths, `*` for every item of a list. */
  readonly sensitive: readonly string[];
  /** One sentence for the generated catalogue: when this happens. */
  readonly description: string;
  /** The payload: gives the compile-time type, the run-time check and the JSON Schema. */
  readonly data: S;
  /** A valid payload, for the generated catalogue and for tests. */
  readonly example: z.infer<S>;
}

/**
 * Defines an event type; the compiler checks the example against the schema. The default permission is `deals:read`, and nothing is
 * sensitive by default.
 */
export function defineEvent<S extends z.ZodType>(
  definition: Omit<EventDefinition<S>, 'permission' | 'sensitive'> & {
    readonly permission?: string;
    readonly sensitive?: readonly string[];
  },
): EventDefinition<S> {
  return { permission: DEFAULT_PERMISSION, sensitive: [], ...definition };
}
