import { Public, RequirePermission } from '#zakops/auth';
import { Controller, Get, Patch, Post } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { IdempotentRoutes } from './idempotent-routes.js';
import { Idempotent } from './idempotent.decorator.js';

@Controller('good')
class GoodController {
  @Get()
  @RequirePermission('deals:read')
  read(): void {}

  @Post()
  @Idempotent()
  @RequirePermission('deals:write')
  add(): void {}

  @Post('open')
  @Public()
  open(): void {}
}

@Controller('bad')
class BadController {
  @Patch()
  @RequirePermission('deals:write')
  forgotten(): void {}

  @Get()
  @Idempotent()
  @RequirePermission('deals:read')
  needless(): void {}

  @Post('open')
  @Idempotent()
  @Public()
  open(): void {}
}

describe(IdempotentRoutes.name, () => {
  const start = async (controllers: NonNullable<Parameters<typeof Test.createTestingModule>[0]['controllers']>): Promise<unknown> => {
    const building = Test.createTestingModule({ imports: [DiscoveryModule], controllers, providers: [IdempotentRoutes] });
    // Nothing is called here, so the interceptor's parts stay empty.
    const app = await building.useMocker(() => ({})).compile();
    return app.init();
  };

  it('lets routes with the right marks start', async () => {
    await expect(start([GoodController])).resolves.toBeDefined();
  });

  it('stops the start and names every route with a wrong one', async () => {
    await expect(start([GoodController, BadController])).rejects.toThrow(
      [
        'BadController.forgotten needs the mark @Idempotent().',
        'BadController.needless must not have the mark @Idempotent().',
        'BadController.open must not have the mark @Idempotent().',
      ].join('\n'),
    );
  });
});
