/** What is wrong with one variable. */
export interface ConfigProblem {
  readonly env: string;
  readonly reason: string;
  readonly example: string;
}

/** The settings do not allow a start. The message lists every problem, so that one try is enough. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ env, reason, example }) => `  ${env} ${reason} (for example ${env}=${example})`);
    super(`The configuration has ${String(problems.length)} problem${problems.length === 1 ? '' : 's'}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
  }
}
