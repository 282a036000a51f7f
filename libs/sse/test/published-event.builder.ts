import type { PublishedEvent } from '#zakops/outbox';

/** A published event; a test states only what matters to it. */
export function publishedEvent(given: Partial<PublishedEvent> = {}): PublishedEvent {
  const aggregateId = given.aggregateId ?? 'DEAL-000001';
  return {
    id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
    type: 'deal.updated',
    schemaVersion: 1,
    aggregateType: 'deal',
    aggregateId,
    aggregateSeq: 1,
    data: { deal_id: aggregateId },
    correlationId: aggregateId,
    causationId: null,
    traceparent: null,
    actor: 'user:dev@zakops.local',
    occurredAt: new Date('2026-01-31T12:00:00.000Z'),
    position: 1,
    ...given,
  };
}
