import { waitFor } from '#zakops/testing';
import pg from 'pg';
import { PATIENCE_MS } from './release.js';
import { query } from './server.js';

const HALT = 4711;

// With the rights of its owner: a run-time role has none in schema public.
const WATCH = `
  CREATE TABLE public.taken (n bigserial PRIMARY KEY, id uuid NOT NULL, deal_id text NOT NULL, seq bigint NOT NULL);
  CREATE TABLE public.refused (deal_id text PRIMARY KEY);
  CREATE FUNCTION public.watch_activity() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(${String(HALT)});
    IF EXISTS (SELECT FROM public.refused WHERE deal_id = NEW.deal_id) THEN RAISE EXCEPTION 'refused by the test'; END IF;
    INSERT INTO public.taken (id, deal_id, seq) VALUES (NEW.id, NEW.deal_id, NEW.seq);
    RETURN NEW;
  END $$;
  CREATE TRIGGER watch_activity BEFORE INSERT ON zakops.deal_activity FOR EACH ROW EXECUTE FUNCTION public.watch_activity();`;

/** What consumer `deal-activity` is given, also what it has already; and the means to have it fail, or halt. */
export class Activity {
  private constructor(private readonly url: string) {}

  static async watch(url: string): Promise<Activity> {
    await query(url, WATCH);
    return new Activity(url);
  }

  /** From now on every event of these deals fails. */
  async refuse(dealIds: readonly string[]): Promise<void> {
    await query(this.url, 'INSERT INTO public.refused SELECT unnest($1::text[])', [dealIds]);
  }

  async accept(dealIds: readonly string[]): Promise<void> {
    await query(this.url, 'DELETE FROM public.refused WHERE deal_id = ANY ($1)', [dealIds]);
  }

  /** Holds the consumer in the middle of its next batch, until the function that is given is called. */
  async halt(): Promise<() => Promise<void>> {
    const holder = new pg.Client({ connectionString: this.url });
    // A test that fails before it goes on leaves it to the end of the server.
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock($1)', [HALT]);
    return () => holder.end();
  }

  /** How often each event of a deal was given to the consumer, by its number within the deal. */
  async takenOf(dealId: string): Promise<readonly number[]> {
    const rows = await query<{ seq: string }>(this.url, 'SELECT seq FROM public.taken WHERE deal_id = $1 ORDER BY n', [dealId]);
    return rows.map(({ seq }) => Number(seq));
  }

  /**
   * What is wrong with what was given; empty when every event came once, and those of a deal in their order.
   *
   * @param disordered - deals with an event that was dead for a while: later ones were not to wait for it
   */
  async faults(disordered: readonly string[] = []): Promise<readonly string[]> {
    const rows = await query<{ fault: string }>(
      this.url,
      `SELECT 'given ' || count(*) || ' times: ' || id AS fault FROM public.taken GROUP BY id HAVING count(*) > 1
       UNION ALL
       SELECT 'out of order: ' || id FROM (
         SELECT id, deal_id, seq, lag(seq, 1, 0::bigint) OVER (PARTITION BY deal_id ORDER BY n) AS before FROM public.taken) AS given
        WHERE seq <> before + 1 AND deal_id <> ALL ($1)`,
      [disordered],
    );
    return rows.map(({ fault }) => fault);
  }
}

/** Waits for a number of tickets of consumers in a state. */
export async function ticketsIn(url: string, status: string, count: number): Promise<void> {
  await waitFor(
    `${String(count)} tickets to be ${status}`,
    async () => {
      const [row] = await query<{ n: number }>(
        url,
        `SELECT count(*)::int AS n FROM zakops.outbox WHERE status = $1 AND consumer <> 'log'`,
        [status],
      );
      return row?.n === count;
    },
    PATIENCE_MS,
  );
}
