import { AddItemNote } from '../../../../libs/quarantine/src/commands/add-item-note/add-item-note.command.js';
import { DecideItem } from '../../../../libs/quarantine/src/commands/decide-item/decide-item.command.js';
import { DecideItems } from '../../../../libs/quarantine/src/commands/decide-items/decide-items.command.js';
import { ReceiveMail } from '../../../../libs/quarantine/src/commands/receive-mail/receive-mail.command.js';
import { UpdateSender } from '../../../../libs/quarantine/src/senders/commands/update-sender/update-sender.command.js';
import { aMail, SENDER } from '../../../../libs/quarantine/test/mail.builder.js';
import type { RollbackCase } from './rollback-case.js';

/** Commands of mail and senders. */
export function quarantineCases(): readonly RollbackCase[] {
  const writes = ['quarantine_items', 'events', 'outbox_waiting'];
  const by = 'ann@example.com';
  return [
    {
      name: 'ReceiveMail',
      writes: [...writes, 'sender_profiles', 'search_quarantine', 'search_senders', 'search_words'],
      command: () => Promise.resolve(new ReceiveMail(aMail())),
    },
    {
      name: 'DecideItem which opens a deal',
      writes: [...writes, 'deals', 'quarantine_notes', 'search_deals'],
      command: async (given) => new DecideItem(await given.mail(), { kind: 'approve', target: { deal: 'new' } }, by, 'a note', undefined),
    },
    {
      name: 'DecideItem which links to a deal',
      writes: [...writes, 'deals', 'quarantine_notes'],
      command: async (given) => {
        const dealId = await given.deal();
        return new DecideItem(await given.mail(), { kind: 'approve', target: { dealId } }, by, 'a note', undefined);
      },
    },
    {
      name: 'DecideItem which undoes an approval',
      writes: [...writes, 'deals'],
      command: async (given) => {
        const id = await given.mail();
        await given.run(new DecideItem(id, { kind: 'approve', target: { deal: 'new' } }, by, null, undefined));
        return new DecideItem(id, { kind: 'undo' }, by, null, undefined);
      },
    },
    {
      name: 'DecideItems',
      writes,
      command: async (given) => new DecideItems([await given.mail(), await given.mail()], { kind: 'reject', reason: null }, by),
    },
    {
      name: 'AddItemNote',
      writes: [...writes, 'quarantine_notes'],
      command: async (given) => new AddItemNote(await given.mail(), 'a note', by),
    },
    {
      name: 'UpdateSender',
      writes: ['sender_profiles', 'events', 'outbox_waiting'],
      command: async (given) => {
        await given.mail();
        return new UpdateSender(SENDER, { role: 'partner' }, undefined);
      },
    },
  ];
}
