import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { ConfigWarnings, SUSPICIOUS_NAMES } from './config-warnings.js';
import type { LoadedConfig } from './load-config.js';

/** Makes every loaded settings class injectable everywhere, and warns about variables that have no effect. */
@Module({})
export class ConfigModule {
  static forRoot(config: LoadedConfig): DynamicModule {
    const settings: Provider[] = [...config.instances].map(([provide, useValue]) => ({ provide, useValue }));
    const warnings: Provider[] = [{ provide: SUSPICIOUS_NAMES, useValue: config.warnings }, ConfigWarnings];
    return { module: ConfigModule, global: true, providers: [...settings, ...warnings], exports: settings };
  }
}
