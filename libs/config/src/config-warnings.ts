import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { SuspiciousName } from './suspicious-names.js';

/** Injection token of variables that look like misspelled settings. */
export const SUSPICIOUS_NAMES = Symbol('SUSPICIOUS_NAMES');

/** Warns at the start about variables that look like settings and have no effect. */
@Injectable()
export class ConfigWarnings implements OnApplicationBootstrap {
  readonly #logger = new Logger(ConfigWarnings.name);

  constructor(@Inject(SUSPICIOUS_NAMES) private readonly names: readonly SuspiciousName[]) {}

  onApplicationBootstrap(): void {
    for (const { env, meant, warning } of this.names) this.#logger.warn({ variable: env, meant }, warning);
  }
}
