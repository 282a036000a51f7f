import { IntegerField, ObjectField, StringField } from '#zakops/http';
import { ReadyResponse } from './probe.responses.js';
import { VersionResponse } from './version.response.js';

/** Memory of the process, in bytes. */
export class MemoryResponse {
  @IntegerField({ min: 0 })
  rss_bytes!: number;

  @IntegerField({ min: 0 })
  heap_used_bytes!: number;
}

/** This process, for operators. */
export class DetailedHealthResponse {
  @ObjectField(() => ReadyResponse)
  readiness!: ReadyResponse;

  @ObjectField(() => VersionResponse)
  build!: VersionResponse;

  @StringField({ example: 'v24.21.0' })
  runtime!: string;

  @StringField({ example: 'linux x64' })
  platform!: string;

  @IntegerField({ min: 0 })
  uptime_seconds!: number;

  @ObjectField(() => MemoryResponse)
  memory!: MemoryResponse;
}
