import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { SenderView } from '../../views/sender.js';
import { SenderReader } from '../../persistence/sender.reader.js';
import { GetSender } from './get-sender.query.js';

@QueryHandler(GetSender)
export class GetSenderHandler implements IQueryHandler<GetSender> {
  constructor(private readonly senders: SenderReader) {}

  async execute(query: GetSender): Promise<SenderView> {
    return this.senders.get(query.email);
  }
}
