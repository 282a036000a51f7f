import { Public, RequirePermission } from '#zakops/auth';
import { Get, HttpCode, HttpStatus, Injectable, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import type { Response } from 'express';
import { arch, memoryUsage, platform, uptime, version } from 'node:process';
import { BuildInfoReader } from '../probes/build-info.js';
import { Readiness } from '../probes/readiness.js';
import { Startup } from '../probes/startup.js';
import { DetailedHealthResponse } from './dto/detailed-health.response.js';
import { AliveResponse, HealthyResponse, ReadyResponse, StartedResponse } from './dto/probe.responses.js';
import { toVersionResponse } from './to-version-response.js';

/**
 * The probes. Two controllers inherit them, so that `/health` and `/api/health` answer the same.
 *
 * @remarks The marks stand on the routes: on a class, the documents would not find them for inherited routes.
 */
@Injectable()
export abstract class ProbeRoutes {
  constructor(
    private readonly readiness: Readiness,
    private readonly startup: Startup,
    private readonly build: BuildInfoReader,
  ) {}

  @Get()
  @Public()
  @ApiOperation({
    summary: 'Liveness, for the health check of the container; touches nothing outside of the process',
    description:
      'Answers 200 as long as the process answers at all. It asks neither the database nor anything else outside of the process.',
  })
  @ApiOkResponse({ type: HealthyResponse })
  health(): HealthyResponse {
    return { status: 'healthy' };
  }

  @Get('live')
  @Public()
  @ApiOperation({
    summary: 'Liveness; touches nothing outside of the process',
    description: 'Answers 200 as long as the process answers at all, so that only a process that hangs is restarted.',
  })
  @ApiOkResponse({ type: AliveResponse })
  live(): AliveResponse {
    return { status: 'alive' };
  }

  @Get('ready')
  @Public()
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Readiness: the database takes changes, no migration is pending, and the process is not stopping',
    description:
      'Answers 200 while this process may get traffic. It is 503 while the database takes no changes, a migration is pending, or the process stops.',
  })
  @ApiOkResponse({ type: ReadyResponse })
  @ApiServiceUnavailableResponse({ type: ReadyResponse, description: 'Requests should go elsewhere.' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadyResponse> {
    const { ready, checks } = await this.readiness.read();
    if (!ready) response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: ready ? 'ready' : 'not_ready', checks };
  }

  @Get('startup')
  @Public()
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Startup: 503 until the process was ready once, then always 200',
    description: 'Keeps the other probes waiting until the process was ready once, so that a slow start is no failure.',
  })
  @ApiOkResponse({ type: StartedResponse })
  @ApiServiceUnavailableResponse({ type: StartedResponse, description: 'Still starting.' })
  async started(@Res({ passthrough: true }) response: Response): Promise<StartedResponse> {
    const message = await this.startup.waitingFor();
    if (message === null) return { status: 'started' };
    response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'starting', message };
  }

  @Get('detailed')
  @RequirePermission('admin:system', { orScope: 'admin:stats' })
  @ApiOperation({
    summary: 'This process: checks, build, runtime and memory',
    description: 'The checks of readiness with their durations, the build, the runtime, and the memory of the process that answers.',
  })
  @ApiOkResponse({ type: DetailedHealthResponse })
  async detailed(): Promise<DetailedHealthResponse> {
    const [{ ready, checks }, build] = await Promise.all([this.readiness.read(), this.build.read()]);
    const memory = memoryUsage();
    return {
      readiness: { status: ready ? 'ready' : 'not_ready', checks },
      build: toVersionResponse(build),
      runtime: version,
      platform: `${platform} ${arch}`,
      uptime_seconds: Math.floor(uptime()),
      memory: { rss_bytes: memory.rss, heap_used_bytes: memory.heapUsed },
    };
  }
}
