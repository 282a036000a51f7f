import { IgnoreUnknownQuery } from '#zakops/http';
import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProbeRoutes } from './probe-routes.js';

/** The same probes under `/api/health`. */
@ApiTags('health')
@IgnoreUnknownQuery()
@Controller('api/health')
export class ApiHealthController extends ProbeRoutes {}
