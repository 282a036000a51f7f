import { BooleanField, UuidField } from '#zakops/http';

/** The path of anything that is named by a UUID. */
export class IdPath {
  @UuidField()
  id!: string;
}

/** Which of one's own sessions to end. */
export class EndSessionsParams {
  @BooleanField({ optional: true, default: false, description: 'Leaves the session that asks.' })
  keep_current = false;
}
