import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ContributesHeartbeatStats } from './contributes-heartbeat-stats.js';
import { HeartbeatStats, HeartbeatStatsDeclarationError } from './heartbeat-stats.js';

@ContributesHeartbeatStats()
class WithoutStats {}

describe(HeartbeatStats.name, () => {
  it('stops the start for a marked provider that has none', async () => {
    const module = await Test.createTestingModule({ imports: [DiscoveryModule], providers: [HeartbeatStats, WithoutStats] }).compile();
    await expect(module.init()).rejects.toThrow(HeartbeatStatsDeclarationError);
  });
});
