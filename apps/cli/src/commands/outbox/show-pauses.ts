import { AuthConfig, CursorModule } from '#zakops/auth';
import { Cursors } from '#zakops/http';
import { describeTarget, ListPauses, nextPauseCursor, pausePageStart, PausesModule, toListedPauseResponse } from '#zakops/outbox';
import { QueryBus } from '@nestjs/cqrs';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { drawTable } from '../../terminal/table.js';
import type { ListPausesOptions } from './pause-options.js';

/** Prints pauses, as `GET /api/admin/outbox/pauses` answers them. */
export async function showPauses({ env, terminal }: CliContext, { state, limit, cursor, json }: ListPausesOptions): Promise<void> {
  const { page, next } = await withApplication(env, { settings: [AuthConfig], imports: [CursorModule, PausesModule] }, async (app) => {
    const cursors = app.get(Cursors, { strict: false });
    const found = await app.get(QueryBus).execute(new ListPauses(state, limit, pausePageStart(cursors, state, cursor)));
    return { page: found, next: nextPauseCursor(cursors, state, found.next) };
  });
  if (json === true || !terminal.showsTables) {
    terminal.print(JSON.stringify({ pauses: page.pauses.map(toListedPauseResponse), limit, next_cursor: next }, null, 2));
    return;
  }
  const rows = page.pauses.map(({ id, target, endsAt, resumedAt, pausedBy, reason, heldTickets }) =>
    [
      id,
      describeTarget(target),
      resumedAt === null ? endsAt.toISOString() : `resumed ${resumedAt.toISOString()}`,
      pausedBy,
      reason,
      heldTickets,
    ].map(String),
  );
  const head = ['pause', 'what', 'until', 'by', 'reason', 'held'];
  if (rows.length === 0) terminal.print(state === 'in_force' ? 'no deliveries are paused' : 'no such pauses');
  else terminal.printDrawn(await drawTable({ head, rows }, terminal));
  if (next !== null) terminal.print(`more with --cursor ${next}`);
}
