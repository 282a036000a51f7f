import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FigureContributors } from './contribute/figure-contributors.js';
import { FigureSampleStore } from './record/figure-sample.store.js';
import { CLAIMS_AT_ONCE, FigureRecorder } from './record/figure-recorder.js';

/** Keeps the figures of this process with their past. */
@Module({})
export class FiguresModule {
  /** @param options.claimsAtOnce - true for processes that can read the whole state of the system; others step in when those are silent */
  static forRoot({ claimsAtOnce }: { readonly claimsAtOnce: boolean }): DynamicModule {
    return {
      module: FiguresModule,
      imports: [DiscoveryModule],
      providers: [{ provide: CLAIMS_AT_ONCE, useValue: claimsAtOnce }, FigureContributors, FigureRecorder, FigureSampleStore],
    };
  }
}
