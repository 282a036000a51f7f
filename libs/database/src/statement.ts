import { createHash } from 'node:crypto';

/** A statement that is sent again and again: the server parses and plans it once for each connection. */
export class PreparedStatement {
  /** Follows from the text, so that two processes behind one pooler can never mean different statements by one name. */
  readonly name: string;

  constructor(readonly text: string) {
    this.name = `z${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  }
}

/**
 * Marks a statement for preparation. Make one per statement, when the module is loaded.
 *
 * @param text - constant: every value a parameter. Not for statements whose best plan depends on the values: after a few runs the
 * server may settle on one plan for all
 */
export function prepared(text: string): PreparedStatement {
  return new PreparedStatement(text);
}

/** What can be run: a text, or a statement to prepare. */
export type Statement = string | PreparedStatement;
