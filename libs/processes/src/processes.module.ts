import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { HeartbeatStore } from './heartbeat/heartbeat-store.js';
import { ProcessHeartbeat } from './heartbeat/process-heartbeat.js';
import { ProcessReader } from './list/process-reader.js';
import { PROCESS_KIND, ProcessIdentity } from './process-identity.js';
import type { ProcessKind } from './process-kind.js';

/** The name and the heartbeat of this process, and who else runs. Needs the global DatabaseModule and LoggingModule. */
@Module({})
export class ProcessesModule {
  static forRoot(kind: ProcessKind): DynamicModule {
    return {
      module: ProcessesModule,
      global: true,
      providers: [{ provide: PROCESS_KIND, useValue: kind }, HeartbeatStore, ProcessHeartbeat, ProcessIdentity, ProcessReader],
      exports: [ProcessHeartbeat, ProcessIdentity, ProcessReader],
    };
  }
}
