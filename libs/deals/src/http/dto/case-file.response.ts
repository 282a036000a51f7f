import { ArrayField, BooleanField, ObjectField } from '#zakops/http';
import { AliasResponse } from './alias.response.js';
import { ContactResponse } from './contact.response.js';
import { DealActivityItem } from './deal-activity.response.js';
import { DealResponse } from './deal.response.js';
import { NoteResponse } from './note.response.js';
import { StageMoveItem } from './stage-history.response.js';

/** Everything that is known of a deal. */
export class CaseFileResponse {
  @ObjectField(() => DealResponse)
  deal!: DealResponse;

  @ArrayField(() => AliasResponse)
  aliases!: AliasResponse[];

  @ArrayField(() => ContactResponse, { description: 'In the order in which they were added.' })
  contacts!: ContactResponse[];

  @ArrayField(() => NoteResponse, { description: 'Newest first, each with its whole content.' })
  notes!: NoteResponse[];

  @ArrayField(() => StageMoveItem, { description: 'Oldest first.' })
  stage_history!: StageMoveItem[];

  @ArrayField(() => DealActivityItem, { description: 'Newest first.' })
  events!: DealActivityItem[];

  @ArrayField('json', { description: 'The actions of the deal, newest first.' })
  actions!: unknown[];

  @ArrayField('json', { description: 'The quarantine items that led to the deal, newest first.' })
  quarantine_items!: unknown[];

  @BooleanField({ description: 'Always true, and the last member: an answer without it was cut off.' })
  complete!: boolean;
}
