import { Module } from '@nestjs/common';
import { QuarantineSearchSource } from './quarantine-search.source.js';

/** What of the quarantine is found by words. */
@Module({ providers: [QuarantineSearchSource] })
export class QuarantineSearchModule {}
