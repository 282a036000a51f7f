import { Public } from '#zakops/auth';
import { IgnoreUnknownQuery } from '#zakops/http';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BuildInfoReader } from '../probes/build-info.js';
import { VersionResponse } from './dto/version.response.js';
import { toVersionResponse } from './to-version-response.js';

/** Which build answers. */
@ApiTags('health')
@Public()
@IgnoreUnknownQuery()
@Controller('api/version')
export class VersionController {
  constructor(private readonly build: BuildInfoReader) {}

  @Get()
  @ApiOperation({
    operationId: 'getVersion',
    summary: 'Version, commit and schema',
    description:
      'The release, its commit and build time, and the newest migration that the database has. The schema is the last one seen while the database is away.',
  })
  @ApiOkResponse({ type: VersionResponse })
  async version(): Promise<VersionResponse> {
    return toVersionResponse(await this.build.read());
  }
}
