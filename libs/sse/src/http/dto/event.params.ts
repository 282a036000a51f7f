import { UuidField } from '#zakops/http';

/** Names an event. */
export class EventPath {
  @UuidField({ example: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d' })
  event_id!: string;
}
