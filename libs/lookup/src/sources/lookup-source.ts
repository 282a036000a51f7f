import type { Permission } from '#zakops/auth';
import { DiscoveryService } from '@nestjs/core';

/** What an id can be the id of. */
export const LOOKUP_KINDS = [
  'event',
  'position',
  'correlation',
  'trace',
  'dead_letter',
  'replay',
  'deal',
  'alias',
  'operator',
  'process',
  'audit_entry',
] as const;

/** One of {@link LOOKUP_KINDS}. */
export type LookupKind = (typeof LOOKUP_KINDS)[number];

/** What was asked for, in the forms that it can be read in. */
export interface LookupQuestion {
  readonly text: string;
  /** Lower case; undefined for a text of another form. */
  readonly uuid: string | undefined;
  readonly position: number | undefined;
  readonly traceId: string | undefined;
}

/** What was found. */
export interface LookupHit {
  readonly kind: LookupKind;
  readonly id: string;
  readonly title: string;
  /** The path of this API that shows it. */
  readonly path: string;
}

/** One exact look by an index. */
export interface Lookup {
  readonly kind: LookupKind;
  /** What a caller needs beside `admin:system`. */
  readonly permission?: Permission;
  /** SQL with the columns `id` and `title`, both text, and a limit. Must find its rows by an index alone: a test reads its plan. */
  readonly sql: string;
  /** The parameters; undefined when the question has not the form of such an id. */
  readonly parameters: (question: LookupQuestion) => readonly unknown[] | undefined;
  readonly path: (id: string) => string;
}

/** A provider that knows ids of a module. */
export interface LookupSource {
  readonly lookups: readonly Lookup[];
}

/** Marks a provider of any module as a {@link LookupSource}. */
export const ContributesLookup = DiscoveryService.createDecorator();

/** The parameters of a lookup that takes a UUID alone. */
export function byUuid({ uuid }: LookupQuestion): readonly unknown[] | undefined {
  return uuid === undefined ? undefined : [uuid];
}

/** The parameters of a lookup that takes a position alone. */
export function byPosition({ position }: LookupQuestion): readonly unknown[] | undefined {
  return position === undefined ? undefined : [position];
}

/** The parameters of a lookup that takes a trace id alone. */
export function byTraceId({ traceId }: LookupQuestion): readonly unknown[] | undefined {
  return traceId === undefined ? undefined : [traceId];
}
