import { UuidField } from '#zakops/http';
import { DealPath } from './deal.path.js';

/** The path of one note of a deal. */
export class NotePath extends DealPath {
  @UuidField()
  note_id!: string;
}

/** The path of one contact of a deal. */
export class ContactPath extends DealPath {
  @UuidField()
  contact_id!: string;
}
