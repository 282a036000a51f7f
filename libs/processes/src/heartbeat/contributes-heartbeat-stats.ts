import { DiscoveryService } from '@nestjs/core';

/** A part of the process that sends values with every heartbeat. */
export interface HeartbeatStatsContributor {
  /**
   * The values now, as JSON can hold them. They are merged with those of the others, so the names of the members must be unique.
   *
   * @remarks Called every five seconds. When it fails or takes longer than a second, the heartbeat goes without it.
   */
  heartbeatStats(): object | Promise<object>;
}

/** Marks a provider of any module as a {@link HeartbeatStatsContributor}. */
export const ContributesHeartbeatStats = DiscoveryService.createDecorator();
