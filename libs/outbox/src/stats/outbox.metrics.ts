import { ContributesSystemMetrics, defineFamily } from '#zakops/metrics';
import type { MetricFamily, SystemMetricsContributor } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { PAUSE_SCOPES } from '../pauses/pause.js';
import type { OutboxStats } from './outbox-stats.js';
import { OutboxStatsReader } from './outbox-stats.reader.js';

const LIVE = ['pending', 'processing', 'failed', 'dead'] as const;

const TICKETS = defineFamily('gauge', {
  name: 'zakops_outbox_tickets',
  help: 'Tickets that are not delivered, by status and consumer; the consumer `log` stands for publication.',
  labelNames: ['status', 'consumer'],
});
const WAITING = defineFamily('gauge', {
  name: 'zakops_outbox_waiting_tickets',
  help: 'Pending tickets that wait behind another ticket of their aggregate, which is in work or waits for its retry: they are not late.',
  labelNames: ['consumer'],
});
const OLDEST = defineFamily('gauge', {
  name: 'zakops_outbox_oldest_due_age_seconds',
  help: 'For how long the oldest ticket that nothing holds back has been due, by consumer; 0 when none is.',
  labelNames: ['consumer'],
});
const DELIVERED = defineFamily('counter', {
  name: 'zakops_outbox_tickets_delivered_total',
  help: 'Tickets that were ever delivered, by consumer, as the database counts them; for `log`, events that were published.',
  labelNames: ['consumer'],
});
const POSITION = defineFamily('gauge', {
  name: 'zakops_outbox_log_position',
  help: 'The last public position of the event log.',
});
const DEAD = defineFamily('gauge', {
  name: 'zakops_dlq_entries',
  help: 'Dead letters that wait for an operator, by consumer.',
  labelNames: ['consumer'],
});
const ACTIVE = defineFamily('gauge', {
  name: 'zakops_outbox_leader_alive',
  help: 'Whether a worker holds the lease, by the clock of the database: 1 or 0.',
});

const PAUSES = defineFamily('gauge', {
  name: 'zakops_outbox_pauses',
  help: 'Pauses of deliveries that are in force, by scope.',
  labelNames: ['scope'],
});

/** Depth and age of the outbox, and what is paused. */
@ContributesSystemMetrics()
@Injectable()
export class OutboxMetrics implements SystemMetricsContributor {
  readonly definitions = [TICKETS, WAITING, OLDEST, DELIVERED, POSITION, DEAD, ACTIVE, PAUSES];

  constructor(private readonly reader: OutboxStatsReader) {}

  async read(): Promise<readonly MetricFamily[]> {
    const stats = await this.reader.read();
    return [
      TICKETS.of(
        stats.consumers.flatMap(({ consumer, counts }) => LIVE.map((status) => ({ labels: { status, consumer }, value: counts[status] }))),
      ),
      WAITING.of(perConsumer(stats, ({ waiting }) => waiting)),
      OLDEST.of(perConsumer(stats, ({ oldestDueAgeSeconds }) => oldestDueAgeSeconds ?? 0)),
      DELIVERED.of(perConsumer(stats, ({ counts }) => counts.delivered)),
      POSITION.of([{ labels: {}, value: stats.logPosition }]),
      DEAD.of(perConsumer(stats, ({ counts }) => counts.dead)),
      ACTIVE.of([{ labels: {}, value: stats.leader.alive ? 1 : 0 }]),
      PAUSES.of(
        PAUSE_SCOPES.map((scope) => ({ labels: { scope }, value: stats.pauses.filter(({ target }) => target.scope === scope).length })),
      ),
    ];
  }
}

function perConsumer({ consumers }: OutboxStats, value: (stats: OutboxStats['consumers'][number]) => number): MetricFamily['values'] {
  return consumers.map((stats) => ({ labels: { consumer: stats.consumer }, value: value(stats) }));
}
