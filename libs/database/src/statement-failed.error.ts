/**
 * A statement failed. Carries what the driver reported, and not the statement's values, which may be secrets.
 *
 * @remarks TypeORM's `QueryFailedError` plays this part for statements that TypeORM sends.
 */
export class StatementFailedError extends Error {
  constructor(readonly driverError: Error) {
    super(driverError.message, { cause: driverError });
    this.name = 'StatementFailedError';
  }

  /**
   * Makes its stack that of the code which sent the statement: the error was made where the answer arrived.
   *
   * @param sender - made when the statement was given; undefined for the code that awaits it now
   */
  locate(sender: Error | undefined): void {
    if (sender === undefined) Error.captureStackTrace(this);
    else this.stack = `${this.name}: ${this.message}${sender.stack?.slice(sender.stack.indexOf('\n    at ')) ?? ''}`;
  }
}
