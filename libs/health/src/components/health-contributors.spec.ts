import { Injectable } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ContributesHealth } from './contributes-health.js';
import type { ComponentHealth } from './health-contributor.js';
import { HealthContributorDeclarationError, HealthContributors } from './health-contributors.js';

@ContributesHealth({ name: 'beta', runbook: 'x' })
@Injectable()
class Beta {
  check(): ComponentHealth {
    return { state: 'up' };
  }
}

@ContributesHealth({ name: 'alpha', runbook: 'y' })
@Injectable()
class Alpha extends Beta {}

@ContributesHealth({ name: 'beta', runbook: 'z' })
@Injectable()
class Usurper extends Beta {}

@ContributesHealth({ name: 'mute', runbook: 'z' })
@Injectable()
class Mute {}

async function setup(...providers: (new () => object)[]): Promise<HealthContributors> {
  const module = await Test.createTestingModule({ imports: [DiscoveryModule], providers: [HealthContributors, ...providers] }).compile();
  return module.get(HealthContributors);
}

describe(HealthContributors.name, () => {
  it('finds what is marked, by name', async () => {
    const contributors = await setup(Beta, Alpha);
    expect(contributors.all().map(({ name, runbook }) => [name, runbook])).toEqual([
      ['alpha', 'y'],
      ['beta', 'x'],
    ]);
  });

  it.each([
    ['a name that is taken', [Beta, Usurper], 'the name is taken'],
    ['a class that cannot be asked', [Mute], 'it has no check method'],
  ])('refuses %s', async (_what, providers, reason) => {
    const contributors = await setup(...providers);
    expect(() => contributors.all()).toThrow(HealthContributorDeclarationError);
    expect(() => contributors.all()).toThrow(reason);
  });
});
