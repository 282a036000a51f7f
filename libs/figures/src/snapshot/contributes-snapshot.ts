import { DiscoveryService } from '@nestjs/core';

/** Which member of the snapshot a provider gives. */
export interface SnapshotMemberOptions {
  /** For example `pauses`. */
  readonly member: string;
}

/** A part of the system that has a member in `GET /api/admin/ops/snapshot`. */
export interface SnapshotContributor {
  /**
   * The member now, in the form in which it is sent: snake_case, instants as ISO texts.
   *
   * @remarks Asked at most once in two seconds per process, and abandoned after two. A member that cannot be read is null. The entity tag
   * leaves out what {@link ages} names, so give the instant beside each age.
   */
  snapshot(): unknown;
  /** Members at any depth that change with the clock alone, for example `oldest_age_seconds`. */
  readonly ages?: readonly string[];
}

/** Marks a provider of any module as a {@link SnapshotContributor}: `@ContributesSnapshot({ member: 'pauses' })`. */
export const ContributesSnapshot = DiscoveryService.createDecorator<SnapshotMemberOptions>();
