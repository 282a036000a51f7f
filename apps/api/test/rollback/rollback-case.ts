import type { Command } from '@nestjs/cqrs';
import type { Prepared } from './prepared.js';

/** A command, and the tables that change with it. */
export interface RollbackCase {
  /** Of the command's class; words behind it tell cases of one command apart. */
  readonly name: string;
  /** Beside the audit log. */
  readonly writes: readonly string[];
  /** True for a command that fails and writes that down. */
  readonly fails?: boolean;
  readonly command: (given: Prepared) => Promise<Command<unknown>>;
}
