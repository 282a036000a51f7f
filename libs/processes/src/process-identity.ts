import { RuntimeConfig } from '#zakops/config';
import { Inject, Injectable } from '@nestjs/common';
import { hostname } from 'node:os';
import type { ProcessKind } from './process-kind.js';

/** Injection token of the kind of this process. */
export const PROCESS_KIND = Symbol('PROCESS_KIND');

/** The name of this process in leases, tickets, heartbeats and stats. */
@Injectable()
export class ProcessIdentity {
  /** `<host>/<process id>/<tag>`: another start of the same container has another name. */
  readonly id: string;
  /** The random part of {@link id}, eight hexadecimal digits; the database sessions of this process end in it, see `endSessionsOf`. */
  readonly tag: string;

  constructor(
    @Inject(PROCESS_KIND) readonly kind: ProcessKind,
    config: RuntimeConfig,
  ) {
    this.tag = config.processTag;
    this.id = `${config.instanceName ?? hostname()}/${String(process.pid)}/${this.tag}`;
  }

  /** The tag in the id of any process; undefined for a text that is no such id. */
  static tagOf(id: string): string | undefined {
    return /\/([0-9a-f]{8})$/.exec(id)?.[1];
  }
}
