import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CaseFile } from './case-file/case-file.js';
import { Timeline } from './timeline/timeline.js';

/** Puts together what any module contributes to the timeline and to the case file of a deal. */
@Module({ imports: [DiscoveryModule], providers: [Timeline, CaseFile], exports: [Timeline, CaseFile] })
export class TimelineModule {}
