import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { LEASE_HOLDS } from '../lease/worker-lease.js';
import type { ConsumerView } from './consumer.view.js';

/** Whether the active worker says that it runs the consumer `p`; a SQL expression over the lease row `w`. */
const IS_RUNNING = `(${LEASE_HOLDS} AND w.report -> 'consumers' ? p.consumer) IS TRUE`;

const COUNT = (status: string): string => `count(*) FILTER (WHERE status = '${status}')::int AS ${status}`;

const READ = `
  SELECT p.consumer AS name, p.state, p.pattern, p.position,
         CASE WHEN p.state = 'removed' THEN 0 ELSE greatest(0, zakops.log_position() - p.position) END AS lag,
         p.delivered, ${IS_RUNNING} AS "isRunning", p.by_tickets AS "byTickets", p.blocking_types AS "blockingTypes",
         p.registered_at AS "registeredAt", p.last_delivered_at AS "lastDeliveredAt", to_json(t) AS tickets
    FROM zakops.consumer_progress p
    JOIN zakops.worker_leases w ON w.name = 'outbox'
    CROSS JOIN LATERAL (
      SELECT ${['pending', 'processing', 'failed', 'dead'].map(COUNT).join(', ')}
        FROM zakops.outbox_tickets WHERE consumer = p.consumer AND status <> 'delivered') AS t
   ORDER BY p.consumer`;

/** int8 comes as text from the driver. */
type ConsumerRow = Omit<ConsumerView, 'position' | 'lag' | 'delivered'> & Readonly<Record<'position' | 'lag' | 'delivered', string>>;

/** Reads the consumers that the database knows. */
@Injectable()
export class ConsumerReader {
  constructor(private readonly database: Database) {}

  /** All of them by name, removed ones included. @throws DatabaseUnavailableError when the server cannot be reached */
  async all(): Promise<readonly ConsumerView[]> {
    const rows = await this.database.query<ConsumerRow>(READ);
    return rows.map((row) => ({ ...row, position: Number(row.position), lag: Number(row.lag), delivered: Number(row.delivered) }));
  }
}
