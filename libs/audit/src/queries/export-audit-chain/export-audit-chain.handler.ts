import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { AuditChainStore } from '../../chain/audit-chain-store.js';
import { AuditChainer } from '../../chain/audit-chainer.js';
import type { ChainHead } from '../../chain/link-hash.js';
import { AuditChainReader } from '../../verify/audit-chain-reader.js';
import { exportEnd, exportLine } from '../../verify/export-line.js';
import { AccessNote } from '../access-note.js';
import { ExportAuditChain } from './export-audit-chain.query.js';

@QueryHandler(ExportAuditChain)
export class ExportAuditChainHandler implements IQueryHandler<ExportAuditChain> {
  constructor(
    private readonly chainer: AuditChainer,
    private readonly store: AuditChainStore,
    private readonly reader: AuditChainReader,
    private readonly note: AccessNote,
  ) {}

  async execute({ from }: ExportAuditChain): Promise<AsyncIterable<string>> {
    await this.chainer.chainPending();
    const head = await this.store.head();
    await this.note.write('audit.exported', 'chain', { from, head });
    return this.lines(from, head);
  }

  /** Links never change and positions have no gap: up to a fixed head every moment gives the same. */
  private async *lines(from: number, head: ChainHead): AsyncGenerator<string> {
    let count = 0;
    for await (const batch of this.reader.links(from - 1, head.position)) {
      count += batch.length;
      yield batch.map((linked) => `${exportLine(linked)}\n`).join('');
    }
    yield `${exportEnd({ count, head })}\n`;
  }
}
