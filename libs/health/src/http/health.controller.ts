import { Public } from '#zakops/auth';
import { IgnoreUnknownQuery } from '#zakops/http';
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProbeRoutes } from './probe-routes.js';

/** The probes under `/health`. */
@ApiTags('health')
@Public()
@IgnoreUnknownQuery()
@Controller('health')
export class HealthController extends ProbeRoutes {}
