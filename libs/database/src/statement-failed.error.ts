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
}
