import { findDatabaseError, mapErrorOfWork } from '#zakops/database';
import { ownFrame } from './own-frame.js';
import { withoutValues } from './without-values.js';

/** Why a delivery failed, in names of code and schema: no value of an event or a row is in it. */
export interface Failure {
  /** Such as `TypeError`; for what is no error, its type: `string`. */
  readonly errorClass: string;
  readonly sqlState: string | null;
  /** Without its schema. */
  readonly table: string | null;
  readonly constraint: string | null;
  /** The first stack frame in code of a feature, with its line. */
  readonly frame: string | null;
  /** That frame without its line. */
  readonly place: string | null;
  /** With values replaced, see {@link withoutValues}. */
  readonly message: string;
}

const NATIVE: readonly string[] = ['TypeError', 'ReferenceError'];

/** Reads from what a handler threw why the delivery failed. */
export function failureOf(error: unknown): Failure {
  // A statement that failed inside a savepoint comes as the driver threw it, and at the commit as an error of ours.
  const mapped = error instanceof Error ? mapErrorOfWork(error) : undefined;
  const report = findDatabaseError(error);
  const errorClass = mapped === undefined ? typeof error : classOf(mapped);
  const frame = ownFrame(error);
  return {
    errorClass,
    sqlState: report?.sqlState ?? null,
    table: report?.table ?? null,
    constraint: report?.constraint ?? null,
    frame: frame?.text ?? null,
    place: frame?.place ?? null,
    message:
      report === undefined
        ? withoutValues(error instanceof Error ? error.message : String(error), { ofCode: NATIVE.includes(errorClass) })
        : withoutValues(report.message, { ofSchema: true }),
  };
}

/** A name may be set to anything; that of the class cannot. */
function classOf(error: Error): string {
  const isSet = error.name !== 'Error' && /^[A-Za-z_$][\w$]{0,99}$/u.test(error.name);
  return isSet ? error.name : error.constructor.name.slice(0, 100);
}
