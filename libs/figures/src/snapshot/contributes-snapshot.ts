import { DiscoveryService } from '@nestjs/core';

/** Which members of the snapshot a provider gives. */
export interface SnapshotOptions {
  /** For example `['pauses']`. */
  readonly members: readonly string[];
  /**
   * Names of values, at any depth, that follow from the clock or from the reading itself, for example `oldest_age_seconds`. The entity tag
   * leaves them out, so give the instant beside each age.
   */
  readonly ages?: readonly string[];
  /** Names of rates that asking for the snapshot moves: the entity tag covers one digit of them, and nothing below one. */
  readonly coarse?: readonly string[];
}

/** A part of the system that has members in `GET /api/admin/ops/snapshot`. */
export interface SnapshotContributor {
  /**
   * The members now, in the form in which they are sent: snake_case, instants as ISO texts.
   *
   * @remarks Asked at most once in two seconds per process, and abandoned after two. Members that cannot be read are null.
   */
  snapshot(): Promise<Readonly<Record<string, unknown>>>;
}

/** Marks a provider of any module as a {@link SnapshotContributor}: `@ContributesSnapshot({ members: ['pauses'] })`. */
export const ContributesSnapshot = DiscoveryService.createDecorator<SnapshotOptions>();
