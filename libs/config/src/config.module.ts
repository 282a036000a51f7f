import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import type { LoadedConfig } from './load-config.js';

/** Makes every loaded settings class injectable everywhere. */
@Module({})
export class ConfigModule {
  static forRoot(config: LoadedConfig): DynamicModule {
    const providers: Provider[] = [...config.instances].map(([provide, useValue]) => ({ provide, useValue }));
    return { module: ConfigModule, global: true, providers, exports: providers };
  }
}
