import { AuditModule } from '#zakops/audit';
import { OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { QuarantineItemsSection } from './case-file/quarantine-items.section.js';
import { AddItemNoteHandler } from './commands/add-item-note/add-item-note.handler.js';
import { DecideItemHandler } from './commands/decide-item/decide-item.handler.js';
import { DecideItemsHandler } from './commands/decide-items/decide-items.handler.js';
import { ReceiveMailHandler } from './commands/receive-mail/receive-mail.handler.js';
import { ItemDecisions } from './decisions/item-decisions.js';
import { ItemJournal } from './journal/item-journal.js';
import { ItemReader } from './persistence/item.reader.js';
import { ItemRepository } from './persistence/item.repository.js';
import { DefaultProposal } from './proposals/default-proposal.js';
import { GetItemHandler } from './queries/get-item/get-item.handler.js';
import { GetQueueStatsHandler } from './queries/get-queue-stats/get-queue-stats.handler.js';
import { ListItemNotesHandler } from './queries/list-item-notes/list-item-notes.handler.js';
import { ListItemsHandler } from './queries/list-items/list-items.handler.js';
import { PreviewItemHandler } from './queries/preview-item/preview-item.handler.js';
import { UpdateSenderHandler } from './senders/commands/update-sender/update-sender.handler.js';
import { RecountSendersWhenMailOrDealsChange } from './senders/event-handlers/recount-senders-when-mail-or-deals-change.handler.js';
import { SenderReader } from './senders/persistence/sender.reader.js';
import { SenderStore } from './senders/persistence/sender.store.js';
import { GetSenderHandler } from './senders/queries/get-sender/get-sender.handler.js';
import { ListSendersHandler } from './senders/queries/list-senders/list-senders.handler.js';

const commandHandlers = [ReceiveMailHandler, DecideItemHandler, DecideItemsHandler, AddItemNoteHandler, UpdateSenderHandler];

const queryHandlers = [
  GetItemHandler,
  ListItemsHandler,
  ListItemNotesHandler,
  GetQueueStatsHandler,
  PreviewItemHandler,
  GetSenderHandler,
  ListSendersHandler,
];

const eventConsumers = [RecountSendersWhenMailOrDealsChange];

const stores = [ItemRepository, SenderStore];

const readers = [ItemReader, SenderReader];

/** Mail and its senders without HTTP: commands, queries, and the consumer that counts. Needs QuarantineConfig among the loaded settings. */
@Module({})
export class QuarantineModule {
  /** @param deals - the module that exports `DealIntake`; features do not know each other, so the application names it */
  static with(deals: Type): DynamicModule {
    return {
      module: QuarantineModule,
      imports: [OutboxModule, AuditModule, deals],
      providers: [
        ...commandHandlers,
        ...queryHandlers,
        ...eventConsumers,
        ...stores,
        ...readers,
        ItemDecisions,
        QuarantineItemsSection,
        ItemJournal,
        DefaultProposal,
      ],
    };
  }
}
