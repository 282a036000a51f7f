import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ClusterStreams } from '../../streams/cluster-streams.js';
import { inProportion } from '../../streams/in-proportion.js';
import { StreamOrderStore } from '../../streams/stream-order.store.js';
import { ShedStreams } from './shed-streams.command.js';
import type { ShedOfProcess } from './shed-streams.command.js';

@CommandHandler(ShedStreams)
export class ShedStreamsHandler implements ICommandHandler<ShedStreams> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cluster: ClusterStreams,
    private readonly orders: StreamOrderStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ count, reason }: ShedStreams): Promise<readonly ShedOfProcess[]> {
    const held = await this.cluster.countByProcess();
    const asked = [...inProportion(count, held)]
      .map(([processId, share]) => ({ processId, count: share }))
      .filter((each) => each.count > 0);
    await this.unitOfWork.run(async (tx) => {
      for (const { processId, count: share } of asked) await this.orders.place(tx, processId, { streamId: null, count: share });
      this.audit.record(tx, {
        action: 'stream.shed',
        resourceType: 'stream',
        resourceId: 'oldest',
        details: { reason, count, processes: Object.fromEntries(asked.map((each) => [each.processId, each.count])) },
      });
    });
    return asked;
  }
}
