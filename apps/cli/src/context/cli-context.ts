import type { Terminal } from '../terminal/terminal.js';

/** What every command works with. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
}
