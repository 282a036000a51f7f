import { Module } from '@nestjs/common';
import { ProcessReader } from './list/process.reader.js';

/** Reads the list of processes, also for a command, which is none of them. */
@Module({ providers: [ProcessReader], exports: [ProcessReader] })
export class ProcessListModule {}
