import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { opsChanged } from '#zakops/figures';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { LEASE_HOLDS } from '../lease/worker-lease.js';
import { readWorkerStats } from '../stats/worker-stats.js';
import { ConsumerNotFoundError, ConsumerRunsError } from './consumer.errors.js';
import { RemoveConsumer } from './remove-consumer.command.js';

// Before the look at the lease: a worker that takes over after that look waits for this row, and sees what became of it.
const LOCK = `SELECT state, position FROM zakops.consumer_progress WHERE consumer = $1 FOR UPDATE`;

const ACTIVE_WORKER = `SELECT w.owner, w.report FROM zakops.worker_leases w WHERE w.name = 'outbox' AND ${LEASE_HOLDS}`;

// A worker that slept through the end of its lease finds another number of changes, and commits nothing.
const REMOVE = `UPDATE zakops.consumer_progress SET state = 'removed', in_hand = NULL, changes = changes + 1 WHERE consumer = $1`;

@CommandHandler(RemoveConsumer)
export class RemoveConsumerHandler implements ICommandHandler<RemoveConsumer> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditLog,
  ) {}

  async execute({ name, reason }: RemoveConsumer): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const [found] = await tx.query<{ state: string; position: string }>(LOCK, [name]);
      if (found === undefined) throw new ConsumerNotFoundError(name);
      if (found.state === 'removed') return;
      await refuseWhileItRuns(tx, name);
      await tx.query(REMOVE, [name]);
      this.audit.record(tx, {
        action: 'consumer.removed',
        resourceType: 'consumer',
        resourceId: name,
        before: { state: found.state },
        after: { state: 'removed' },
        details: { reason, position: Number(found.position) },
      });
      opsChanged(tx, 'consumers');
    });
  }
}

async function refuseWhileItRuns(tx: Transaction, name: string): Promise<void> {
  const [worker] = await tx.query<{ owner: string | null; report: unknown }>(ACTIVE_WORKER);
  if (worker === undefined) return;
  const { consumers } = readWorkerStats(worker.report);
  if (consumers === null || consumers.includes(name)) throw new ConsumerRunsError(name, worker.owner, consumers !== null);
}
