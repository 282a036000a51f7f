import { Database } from '#zakops/database';
import { DealsConfig, DealsModule } from '#zakops/deals';
import { QuarantineConfig, QuarantineModule } from '#zakops/quarantine';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { withApplication } from '../../context/with-application.js';
import { startProgress } from '../../terminal/progress.js';
import { demoStory } from './demo-story.js';
import { DemoWriter } from './demo-writer.js';

const READY = `SELECT count(*)::int AS n, has_table_privilege('zakops.deal_stage_history', 'UPDATE') AS may_date FROM zakops.deals`;

/** Fills the database of DATABASE_URL. */
export async function fillDemo({ env, terminal }: CliContext, seed: number, force: boolean, ifEmpty: boolean): Promise<void> {
  const parts = { settings: [DealsConfig, QuarantineConfig], imports: [DealsModule, QuarantineModule.with(DealsModule)] };
  await withApplication(env, parts, async (app) => {
    const [row] = await app.get(Database, { strict: false }).query<{ n: number; may_date: boolean }>(READY);
    const known = row?.n ?? 0;
    if (known > 0 && !force) {
      if (ifEmpty) return;
      throw new CliError('The database has deals already. The demo is for an empty one; --force adds it all the same.');
    }
    if (row?.may_date !== true)
      throw new CliError('The role of DATABASE_URL may not date moves back. Run the demo as the role that migrates.');
    const { deals, mails } = demoStory(seed);
    const progress = await startProgress('Filling', deals.length + mails.length, terminal);
    const writer = new DemoWriter(app, known);
    try {
      for (const [n, deal] of deals.entries()) {
        await writer.deal(deal, n);
        progress.advance(1);
      }
      for (const mail of mails) {
        await writer.mail(mail);
        progress.advance(1);
      }
    } finally {
      progress.stop();
    }
    terminal.print(`Wrote ${String(deals.length)} deals and ${String(mails.length)} mails (seed ${String(seed)}).`);
  });
}
