import { createHash } from 'node:crypto';

/** A statement that is sent again and again: the server parses and plans it once for each connection. */
export class PreparedStatement {
  /** Follows from the text, so that two processes behind one pooler can never mean different statements by one name. */
  readonly name: string;

  /** @param neverWaits - true when it takes no lock that another transaction may hold, and has no effect that a rollback leaves behind */
  constructor(
    readonly text: string,
    readonly neverWaits: boolean,
  ) {
    this.name = `z${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  }
}

/**
 * Marks a statement for preparation. Make one per statement, when the module is loaded.
 *
 * @param text - constant: every value a parameter. Not for statements whose best plan depends on the values: after a few runs the
 * server may settle on one plan for all
 * @param options.neverWaits - it takes no lock that another transaction may hold, and matters to nobody when it is rolled back: it may be
 * sent before it is known whether it is needed (see `Transaction.require`)
 */
export function prepared(text: string, options: { readonly neverWaits?: boolean } = {}): PreparedStatement {
  return new PreparedStatement(text, options.neverWaits === true);
}

/** What can be run: a text, or a statement to prepare. */
export type Statement = string | PreparedStatement;
