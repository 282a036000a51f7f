import type { UndoLoss } from './undo-losses.js';

/** A migration cannot be undone, or should not be. */
export class MigrationUndoError extends Error {
  private constructor(
    message: string,
    /** What would be lost and was not named; empty when that is not the reason. */
    readonly losses: readonly UndoLoss[] = [],
  ) {
    super(message);
    this.name = 'MigrationUndoError';
  }

  static ofNothing(): MigrationUndoError {
    return new MigrationUndoError('The database has no migration that could be undone.');
  }

  static ofUnknown(migration: string): MigrationUndoError {
    return new MigrationUndoError(`${migration} is of a newer version, and only that version knows how to undo it.`);
  }

  static ofDataLoss(migration: string, losses: readonly UndoLoss[]): MigrationUndoError {
    const lost = losses.map(({ name, rows }) => `${name} (${String(rows)} row${rows === 1 ? '' : 's'})`).join(', ');
    return new MigrationUndoError(`To undo ${migration} would lose ${lost}: nothing was changed.`, losses);
  }

  static ofProcesses(migration: string, processes: readonly string[]): MigrationUndoError {
    return new MigrationUndoError(`Processes that need ${migration} are running: stop ${processes.join(', ')} first.`);
  }
}
