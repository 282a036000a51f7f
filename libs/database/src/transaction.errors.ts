/** Something was written through a transaction that is over: a defect of the caller. */
export class TransactionClosedError extends Error {
  constructor() {
    super('This transaction is over; nothing can be written through it.');
    this.name = 'TransactionClosedError';
  }
}

/** A part of the transaction had failed, its error was caught, and the work went on: all of it is rolled back at the commit. */
export class TransactionAbortedError extends Error {
  /** @param cause - what failed first, if it is known */
  constructor(cause?: unknown) {
    super('The transaction was rolled back at its commit, because a part of it had failed.', { cause });
    this.name = 'TransactionAbortedError';
  }
}

/** The work in a savepoint caught the error of one of its statements and went on: all that it did was undone. */
export class SwallowedStatementError extends Error {
  /** @param cause - the error of the statement */
  constructor(cause: unknown) {
    super('A statement failed and its error was caught: everything since the savepoint was undone.', { cause });
    this.name = 'SwallowedStatementError';
  }
}

/** A savepoint was asked for while another one of the same transaction is open: a defect of the caller. */
export class SavepointOpenError extends Error {
  constructor() {
    super('A transaction has one savepoint at a time; the one before is still open.');
    this.name = 'SavepointOpenError';
  }
}
