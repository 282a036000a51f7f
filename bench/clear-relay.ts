import type pg from 'pg';

/** Takes away what a run before has left to publish, to deliver and to chain, and lets log and cursors begin again. */
export async function clearRelay(client: pg.Client): Promise<void> {
  await client.query(
    `TRUNCATE zakops.events, zakops.outbox_waiting, zakops.outbox_tickets, zakops.outbox_attempts, zakops.outbox_history, zakops.event_log,
              zakops.inbox, zakops.deal_activity, zakops.audit_pending`,
  );
  await client.query('UPDATE zakops.event_log_head SET position = 0');
  await client.query('UPDATE zakops.consumer_progress SET position = 0, delivered = 0');
}
