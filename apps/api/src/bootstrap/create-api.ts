import { AuthConfig } from '#zakops/auth';
import type { LoadedConfig } from '#zakops/config';
import { createHttpAdapter, prepareHttp } from '#zakops/http';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import { Logger } from 'nestjs-pino';
import { AppModule } from '../app.module.js';

// Longer than the idle time of usual balancers (60 s), so that they never send a request into a connection that is being closed.
const KEEP_ALIVE_MS = 65_000;

/**
 * Makes the API, ready to listen.
 *
 * @param more - modules beside the usual ones; tests bring their controllers by it
 */
export async function createApi(config: LoadedConfig, more: DynamicModule['imports'] = []): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, more), createHttpAdapter(), {
    bufferLogs: true,
    abortOnError: false,
    // HttpModule reads bodies, behind the guards.
    bodyParser: false,
  });
  app.useLogger(app.get(Logger));
  prepareHttp(app, config.get(AuthConfig).required);
  const server: Server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return app;
}
