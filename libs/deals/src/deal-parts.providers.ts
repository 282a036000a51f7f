import { AddContactHandler } from './commands/add-contact/add-contact.handler.js';
import { AddNoteHandler } from './commands/add-note/add-note.handler.js';
import { ChangeContactHandler } from './commands/change-contact/change-contact.handler.js';
import { ChangeNoteHandler } from './commands/change-note/change-note.handler.js';
import { RemoveContactHandler } from './commands/remove-contact/remove-contact.handler.js';
import { RemoveNoteHandler } from './commands/remove-note/remove-note.handler.js';
import { GetActivitySummaryHandler } from './queries/get-activity-summary/get-activity-summary.handler.js';
import { GetContactHandler } from './queries/get-contact/get-contact.handler.js';
import { GetNoteHandler } from './queries/get-note/get-note.handler.js';
import { GetTimelineHandler } from './queries/get-timeline/get-timeline.handler.js';
import { ListContactsHandler } from './queries/list-contacts/list-contacts.handler.js';
import { ListNotesHandler } from './queries/list-notes/list-notes.handler.js';
import { ActivitySummaryReader } from './persistence/activity-summary.reader.js';
import { ContactReader } from './persistence/contact.reader.js';
import { ContactRepository } from './persistence/contact.repository.js';
import { DealLinksReader } from './persistence/deal-links.reader.js';
import { NoteReader } from './persistence/note.reader.js';
import { NoteRepository } from './persistence/note.repository.js';
import { ActionsTimeline } from './timeline/actions.timeline.js';
import { EventsTimeline } from './timeline/events.timeline.js';
import { NotesTimeline } from './timeline/notes.timeline.js';
import { StageChangesTimeline } from './timeline/stage-changes.timeline.js';
import { ActionsSection } from './case-file/actions.section.js';
import { AliasesSection } from './case-file/aliases.section.js';
import { ContactsSection } from './case-file/contacts.section.js';
import { EventsSection } from './case-file/events.section.js';
import { NotesSection } from './case-file/notes.section.js';
import { StageHistorySection } from './case-file/stage-history.section.js';

/** The use cases of what is kept beside a deal: its notes, its contacts, its timeline and its case file. */
export const dealPartHandlers = [
  AddNoteHandler,
  ChangeNoteHandler,
  RemoveNoteHandler,
  AddContactHandler,
  ChangeContactHandler,
  RemoveContactHandler,
  ListNotesHandler,
  GetNoteHandler,
  ListContactsHandler,
  GetContactHandler,
  GetTimelineHandler,
  GetActivitySummaryHandler,
];

/** Their rows. */
export const dealPartStores = [NoteRepository, NoteReader, ContactRepository, ContactReader, ActivitySummaryReader, DealLinksReader];

/** What deals contribute to the timeline. */
export const timelineSources = [StageChangesTimeline, EventsTimeline, NotesTimeline, ActionsTimeline];

/** What deals contribute to the case file. */
export const caseFileSections = [AliasesSection, ContactsSection, NotesSection, StageHistorySection, EventsSection, ActionsSection];
