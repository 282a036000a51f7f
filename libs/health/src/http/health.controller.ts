import { IgnoreUnknownQuery } from '#zakops/http';
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProbeRoutes } from './probe-routes.js';

/** The probes under `/health`. */
@ApiTags('health')
@IgnoreUnknownQuery()
@Controller('health')
export class HealthController extends ProbeRoutes {}
