import { Database } from '#zakops/database';
import { ContributesSystemMetrics } from '#zakops/metrics';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { SystemMetrics, SystemMetricsDeclarationError } from './system-metrics.js';

@ContributesSystemMetrics()
class WithoutRead {}

describe(SystemMetrics.name, () => {
  it('stops the start for a marked provider that reads nothing', async () => {
    const providers = [SystemMetrics, WithoutRead, { provide: Database, useValue: {} }];
    const module = await Test.createTestingModule({ imports: [DiscoveryModule], providers }).compile();
    await expect(module.init()).rejects.toThrow(SystemMetricsDeclarationError);
  });
});
