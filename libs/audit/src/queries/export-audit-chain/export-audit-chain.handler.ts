import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { AuditChainStore } from '../../chain/audit-chain.store.js';
import { AuditChainer } from '../../chain/audit-chainer.js';
import type { ChainHead } from '../../chain/link-hash.js';
import { AuditChainReader } from '../../verify/audit-chain.reader.js';
import { exportEnd, exportLine } from '../../verify/export-line.js';
import { AccessRecord } from '../access-record.js';
import { ExportAuditChain } from './export-audit-chain.query.js';

@QueryHandler(ExportAuditChain)
export class ExportAuditChainHandler implements IQueryHandler<ExportAuditChain> {
  constructor(
    private readonly chainer: AuditChainer,
    private readonly store: AuditChainStore,
    private readonly reader: AuditChainReader,
    private readonly access: AccessRecord,
  ) {}

  async execute({ from }: ExportAuditChain): Promise<AsyncGenerator<string>> {
    await this.chainer.chainPending();
    const head = await this.store.head();
    await this.access.write('audit.exported', 'chain', { from, head });
    return this.lines(from, head);
  }

  /** Links never change, so that the result up to a fixed head is the same at any time. */
  private async *lines(from: number, head: ChainHead): AsyncGenerator<string> {
    let count = 0;
    for await (const batch of this.reader.links(from - 1, head.position)) {
      count += batch.length;
      yield batch.map((linked) => `${exportLine(linked)}\n`).join('');
    }
    yield `${exportEnd({ count, head })}\n`;
  }
}
