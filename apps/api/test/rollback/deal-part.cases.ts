import { AddContact } from '../../../../libs/deals/src/commands/add-contact/add-contact.command.js';
import { AddNote } from '../../../../libs/deals/src/commands/add-note/add-note.command.js';
import { ChangeContact } from '../../../../libs/deals/src/commands/change-contact/change-contact.command.js';
import { ChangeNote } from '../../../../libs/deals/src/commands/change-note/change-note.command.js';
import { RemoveContact } from '../../../../libs/deals/src/commands/remove-contact/remove-contact.command.js';
import { RemoveNote } from '../../../../libs/deals/src/commands/remove-note/remove-note.command.js';
import type { RollbackCase } from './rollback-case.js';

const NOTE = { content: 'The owner wants to retire.', category: 'general' };
const EDITOR = { id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', email: 'ann@example.com', mayEditAll: false };
const CONTACT = { name: 'Olga', role: 'owner', email: null, phone: null, company: null, isPrimary: true, notes: null } as const;

/** Commands of notes and contacts. */
export function dealPartCases(): readonly RollbackCase[] {
  const notes = ['deals', 'events', 'outbox_waiting', 'deal_notes'];
  const contacts = ['deals', 'events', 'outbox_waiting', 'deal_contacts'];
  return [
    {
      name: 'AddNote',
      writes: [...notes, 'search_notes', 'search_words'],
      command: async (given) => new AddNote(await given.deal(), NOTE, EDITOR),
    },
    {
      name: 'ChangeNote',
      writes: [...notes, 'search_notes'],
      command: async (given) => {
        const dealId = await given.deal();
        const { id } = await given.run(new AddNote(dealId, NOTE, EDITOR));
        return new ChangeNote(dealId, id, { category: 'call' }, EDITOR, undefined);
      },
    },
    {
      name: 'RemoveNote',
      writes: notes,
      command: async (given) => {
        const dealId = await given.deal();
        const { id } = await given.run(new AddNote(dealId, NOTE, EDITOR));
        return new RemoveNote(dealId, id, EDITOR, undefined);
      },
    },
    {
      name: 'AddContact',
      writes: contacts,
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new AddContact(dealId, CONTACT));
        return new AddContact(dealId, CONTACT);
      },
    },
    {
      name: 'ChangeContact',
      writes: contacts,
      command: async (given) => {
        const dealId = await given.deal();
        const { id } = await given.run(new AddContact(dealId, CONTACT));
        return new ChangeContact(dealId, id, { phone: '1' }, undefined);
      },
    },
    {
      name: 'RemoveContact',
      writes: contacts,
      command: async (given) => {
        const dealId = await given.deal();
        const { id } = await given.run(new AddContact(dealId, CONTACT));
        return new RemoveContact(dealId, id, undefined);
      },
    },
  ];
}
