import { Module } from '@nestjs/common';
import { ProcessReader } from './list/process-reader.js';

/** Reading who runs, also for what is no such process itself, such as a command. Needs the global DatabaseModule. */
@Module({ providers: [ProcessReader], exports: [ProcessReader] })
export class ProcessListModule {}
