/** A command that cannot be done, said in one sentence for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
