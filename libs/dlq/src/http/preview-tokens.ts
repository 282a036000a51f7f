import { CURSOR_RULES, cursorScope, InputError } from '#zakops/http';
import type { Cursors } from '#zakops/http';
import type { DeadLetterFilter } from '#zakops/outbox';
import type { Previewed } from '../commands/start-task/start-task.command.js';
import type { TaskKind } from '../tasks/dlq-task.js';
import { canonicalFilter } from '../tasks/filter-key.js';

const RULES = { n: CURSOR_RULES.wholeNumber, e: CURSOR_RULES.instant };

/**
 * Makes the tokens of dry runs, and reads them back.
 *
 * @remarks Signed as cursors are. A token names the kind, the filter, the count and its end, so nothing has to be stored.
 */
export class PreviewTokens {
  constructor(private readonly cursors: Cursors) {}

  /** The token of a preview. */
  write(kind: TaskKind, filter: DeadLetterFilter, count: number, expiresAt: Date): string {
    return this.cursors.write(scopeOf(kind, filter), { n: String(count), e: expiresAt.toISOString().replace('Z', '000Z') });
  }

  /** @throws InputError (400, pointing at `token`) for a changed token, or one of another kind or filter */
  read(kind: TaskKind, filter: DeadLetterFilter, token: string, maxGrowth: number): Previewed {
    try {
      const key = this.cursors.read(scopeOf(kind, filter), token, RULES);
      if (key !== undefined) return { count: Number(key.n), expiresAt: key.e, maxGrowth };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
    throw new InputError([{ pointer: '/token', detail: 'is not the token of a dry run with this filter', code: 'INVALID_TOKEN' }]);
  }
}

function scopeOf(kind: TaskKind, filter: DeadLetterFilter): string {
  return cursorScope('dead-letter-preview', { kind, ...canonicalFilter(filter) });
}
