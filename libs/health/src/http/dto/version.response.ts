import { StringField } from '#zakops/http';

/** Which build this is. */
export class VersionResponse {
  @StringField({ example: '1.0.0' })
  version!: string;

  @StringField({ example: '3f2a9c1' })
  commit!: string;

  @StringField({ example: '2026-01-31T12:00:00Z' })
  build_time!: string;

  @StringField({ example: 'production' })
  environment!: string;

  @StringField({ nullable: true, description: 'The newest applied migration; null before the database was reached.' })
  schema_version!: string | null;
}
