import { Controller, Get } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { SecretAnswer } from '../secret-answer.js';
import type { BodyReader } from './body-reader.js';
import { InputGuard } from './input.guard.js';

class Base {
  @Get()
  read(): void {}
}

@Controller('open')
class OpenController extends Base {}

@SecretAnswer()
@Controller('secret')
class SecretController extends Base {}

describe(InputGuard.name, () => {
  it('keeps classes apart that share an inherited handler', () => {
    const sut = new InputGuard({} as BodyReader);
    const isSecretOf = (controller: typeof Base): boolean => {
      const request = { method: 'GET', headers: {}, query: {}, originalUrl: '/' } as unknown as Request;
      const context = {
        switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({}) }),
        getClass: () => controller,
        getHandler: () => Base.prototype.read,
      };
      expect(sut.canActivate(context as unknown as ExecutionContext)).toBe(true);
      return request.notes?.hasSecretAnswer === true;
    };
    expect([isSecretOf(OpenController), isSecretOf(SecretController), isSecretOf(OpenController)]).toEqual([false, true, false]);
  });
});
