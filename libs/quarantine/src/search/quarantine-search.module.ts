import { Module } from '@nestjs/common';
import { QuarantineSearchSource } from './quarantine-search.source.js';
import { SenderSearchSource } from './sender-search.source.js';

/** Mail and senders, found by words. */
@Module({ providers: [QuarantineSearchSource, SenderSearchSource] })
export class QuarantineSearchModule {}
