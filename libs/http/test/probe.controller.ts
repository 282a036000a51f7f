import { Idempotent, IdempotencyModule } from '#zakops/idempotency';
import {
  CurrentPrincipal,
  CursorModule,
  FreshLogin,
  AuthRateLimit,
  OptionalPrincipal,
  Public,
  RequireLogin,
  RequirePermission,
} from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { Database } from '#zakops/database';
import {
  ArrayField,
  BooleanField,
  DateTimeField,
  EnumField,
  IgnoreUnknownQuery,
  IntegerField,
  JsonField,
  MapField,
  Money,
  MoneyField,
  ObjectField,
  PageQuery,
  PageResponse,
  ProblemResponses,
  StringField,
  UuidField,
  CURSOR_RULES,
  Cursors,
  cursorScope,
  enumRule,
  setNextPage,
} from '#zakops/http';
import { DomainError } from '#zakops/kernel';
import type { ErrorCategory } from '#zakops/kernel';
import { currentCall, currentProvenance } from '#zakops/observability';
import { Body, Controller, Get, HttpCode, HttpException, Module, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation } from '@nestjs/swagger';
import type { Request, Response } from 'express';

const COLOURS = ['red', 'green'] as const;

export class Wheel {
  @IntegerField({ min: 1, max: 99 })
  size!: number;
}

export class Vehicle {
  @StringField({ max: 20, notBlank: true, description: 'Its name.', example: 'Cart' })
  name!: string;

  @ArrayField(() => Wheel, { maxItems: 4, optional: true })
  wheels?: Wheel[];

  @ObjectField(() => Wheel, { optional: true, nullable: true })
  spare?: Wheel | null;

  @MoneyField({ optional: true })
  price?: Money;

  @EnumField(COLOURS, 'Colour', { optional: true, nullable: true })
  colour?: string | null;

  @DateTimeField({ optional: true })
  built_at?: string;

  @UuidField({ optional: true })
  owner?: string;

  @MapField('integer', { optional: true })
  counts?: Record<string, number>;

  @JsonField({ optional: true, nullable: true })
  extra?: unknown;
}

export class VehicleQuery extends PageQuery {
  @ArrayField(enumRule(COLOURS, 'Colour'), { optional: true })
  colour?: string[];

  @BooleanField({ optional: true })
  sold?: boolean;
}

export class VehicleId {
  @StringField({ pattern: /^V-\d{3}$/, patternHint: 'must look like V-001' })
  id!: string;
}

/** Routes that do one thing each, so that the ground rules can be seen over HTTP. */
@Controller('api/probe')
export class ProbeController {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
  ) {}

  @Post('vehicles')
  @Idempotent()
  @RequirePermission('deals:write')
  @ApiCreatedResponse({ type: Vehicle })
  @ProblemResponses('CONFLICT')
  create(@Body() vehicle: Vehicle): Vehicle {
    return vehicle;
  }

  @Get('vehicles')
  @RequirePermission('deals:read')
  @PageResponse(Vehicle, 'Vehicles by name.')
  list(@Query() query: VehicleQuery, @Req() request: Request, @Res({ passthrough: true }) response: Response): unknown {
    const scope = cursorScope('vehicles', { colour: query.colour, sold: query.sold });
    const after = Number(this.cursors.read(scope, query.cursor, { n: CURSOR_RULES.wholeNumber })?.n ?? 0);
    const next = after + query.limit;
    setNextPage(request, response, this.cursors.write(scope, next >= 5 ? null : { n: String(next) }));
    return [1, 2, 3, 4, 5].slice(after, next).map((n) => ({ name: String(n), query }));
  }

  @Get('vehicles/:id')
  @RequirePermission('deals:read')
  one(@Param() { id }: VehicleId): unknown {
    return { id };
  }

  @Post('vehicles/:id/start')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('deals:write')
  start(@Param('id') id: string): unknown {
    return { id };
  }

  @Get('named')
  @RequirePermission('deals:read')
  named(@Query('word') word: string | undefined): unknown {
    return { word };
  }

  @Get('category/:category')
  @RequirePermission('deals:read')
  fail(@Param('category') category: ErrorCategory): never {
    throw new DomainError({ code: 'SOMETHING_NEW', category, detail: 'It went wrong.', context: { category, status: 200, code: 'X' } });
  }

  @Get('code/:code')
  @RequirePermission('deals:read')
  failWithCode(@Param('code') code: string): never {
    throw new DomainError({ code, category: 'internal', detail: 'It went wrong.' });
  }

  @Get('crash')
  @RequirePermission('deals:read')
  crash(): never {
    throw new Error('connect postgresql://zakops:hunter2@db:5432/x failed at /srv/app/dist/main.js:10:3');
  }

  @Get('leaky')
  @RequirePermission('deals:read')
  leaky(): never {
    const detail = `no answer from redis://:hunter2@cache:6379/0 in /srv/app/dist/main.js:10:3 ${'x'.repeat(3_000)}`;
    throw new DomainError({ code: 'CONFLICT', category: 'conflict', detail });
  }

  @Get('nest/:status')
  @RequirePermission('deals:read')
  nest(@Param('status') status: string): never {
    throw new HttpException('Nest says no.', Number(status));
  }

  @Get('half')
  @RequirePermission('deals:read')
  async half(@Res() response: Response): Promise<never> {
    response.write('the beginning');
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('in the middle');
  }

  @Get('database')
  @RequirePermission('deals:read')
  async query(): Promise<unknown> {
    return await this.database.query('SELECT 1');
  }

  @Get('me')
  @RequirePermission('admin:system')
  async me(@CurrentPrincipal() principal: Principal): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    return { principal, provenance: currentProvenance() };
  }

  @Get('origin')
  @Public()
  origin(): unknown {
    return currentCall()?.origin;
  }

  @Get('figures')
  @RequirePermission('admin:system', { orScope: 'admin:stats' })
  figures(): unknown {
    return {};
  }

  @Get('account')
  @RequireLogin()
  account(@CurrentPrincipal() { id }: Principal): unknown {
    return { id };
  }

  @Get('sensitive')
  @RequireLogin({ keys: true })
  @FreshLogin()
  sensitive(): unknown {
    return {};
  }

  @Get('greeting')
  @Public({ identify: true })
  greeting(@OptionalPrincipal() principal: Principal | undefined): unknown {
    return { id: principal?.id ?? null };
  }

  @Post('attempt')
  @HttpCode(200)
  @Public()
  @AuthRateLimit()
  attempt(): unknown {
    return {};
  }

  @Get('unmarked')
  unmarked(): unknown {
    return {};
  }

  @Get('open')
  @Public()
  @IgnoreUnknownQuery()
  @ApiOperation({ operationId: 'openProbe' })
  open(): unknown {
    return { open: true };
  }
}

@Module({ imports: [CursorModule, IdempotencyModule], controllers: [ProbeController] })
export class ProbeModule {}
