import { RuntimeConfig } from '#zakops/config';
import { Injectable, Logger } from '@nestjs/common';
import pino from 'pino';

/** How severe a line must be to be written. */
export type LogLevelName = RuntimeConfig['logLevel'];

/** So many loggers are known before it is worth looking for those that are gone. */
const SWEEP_FROM = 64;

// What a timer of Node can hold.
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * The level of all loggers of this process, which may be another than the configured one for a while.
 *
 * @remarks The way back is by a timer of this process: it comes also while the database, from where the wish came, is away.
 */
@Injectable()
export class LogLevel {
  readonly #logger = new Logger(LogLevel.name);
  readonly #governed = new Set<WeakRef<pino.Logger>>();
  #sweepAt = SWEEP_FROM;
  /** The level of the settings. */
  readonly configured: LogLevelName;
  #current: LogLevelName;
  #wayBack: NodeJS.Timeout | undefined;

  constructor(config: RuntimeConfig) {
    this.configured = config.logLevel;
    this.#current = config.logLevel;
  }

  /** The level now. */
  get current(): LogLevelName {
    return this.#current;
  }

  /** Puts a logger under this level, now and later, without keeping it alive. */
  govern<L extends pino.Logger>(logger: L): L {
    logger.level = this.#current;
    this.#governed.add(new WeakRef(logger));
    if (this.#governed.size >= this.#sweepAt) {
      for (const known of this.#governed) if (known.deref() === undefined) this.#governed.delete(known);
      this.#sweepAt = Math.max(SWEEP_FROM, this.#governed.size * 2);
    }
    return logger;
  }

  /** Sets another level than the configured one; without another call it ends after `forMs`. */
  override(level: LogLevelName, forMs: number): void {
    clearTimeout(this.#wayBack);
    this.#wayBack = setTimeout(
      () => {
        this.restore();
      },
      Math.min(forMs, LONGEST_TIMER_MS),
    ).unref();
    this.change(level);
  }

  /** Goes back to the configured level. */
  restore(): void {
    clearTimeout(this.#wayBack);
    this.#wayBack = undefined;
    this.change(this.configured);
  }

  private change(level: LogLevelName): void {
    if (level === this.#current) return;
    const before = this.#current;
    const tell = (): void => {
      this.#logger.warn({ level_before: before, level_now: level }, 'The level of the log was changed.');
    };
    const isQuieter = severity(level) > severity(before);
    // Told while the more talkative of the two is in force.
    if (isQuieter) tell();
    this.#current = level;
    for (const reference of this.#governed) {
      const logger = reference.deref();
      if (logger !== undefined) logger.level = level;
    }
    if (!isQuieter) tell();
  }
}

function severity(level: LogLevelName): number {
  return pino.levels.values[level] ?? 0;
}
