import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ClusterStreams } from '../../streams/cluster-streams.js';
import { StreamOrderStore } from '../../streams/stream-order.store.js';
import { StreamNotFoundError } from '../../streams/stream.errors.js';
import { EndStream } from './end-stream.command.js';

@CommandHandler(EndStream)
export class EndStreamHandler implements ICommandHandler<EndStream> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cluster: ClusterStreams,
    private readonly orders: StreamOrderStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ id, reason }: EndStream): Promise<void> {
    const stream = (await this.cluster.newest()).find((one) => one.id === id);
    if (stream === undefined) throw new StreamNotFoundError(id);
    await this.unitOfWork.run(async (tx) => {
      await this.orders.place(tx, stream.process_id, { streamId: id, count: null });
      this.audit.record(tx, {
        action: 'stream.ended',
        resourceType: 'stream',
        resourceId: id,
        details: { reason, operator: stream.operator, process_id: stream.process_id, since: stream.since },
      });
    });
  }
}
