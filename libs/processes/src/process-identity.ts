import { RuntimeConfig } from '#zakops/config';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ProcessKind } from './process-kind.js';

/** Injection token of the kind of this process. */
export const PROCESS_KIND = Symbol('PROCESS_KIND');

/** What this process is called, in leases, tickets, heartbeats and figures. */
@Injectable()
export class ProcessIdentity {
  /** `<host>/<process id>/<random>`: another start of the same container has another name. */
  readonly id: string;

  constructor(
    @Inject(PROCESS_KIND) readonly kind: ProcessKind,
    config: RuntimeConfig,
  ) {
    this.id = `${config.instanceName ?? hostname()}/${String(process.pid)}/${randomUUID().slice(0, 8)}`;
  }
}
