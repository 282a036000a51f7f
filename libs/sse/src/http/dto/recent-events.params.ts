import { PageQuery } from '#zakops/http';
import { TypesField } from './event-filter.params.js';

/** What the list of recent events may be asked for. */
export class RecentEventsParams extends PageQuery {
  @TypesField('Only these types, separated by commas; `deal.*` means all of a family.')
  event_types?: string[];
}
