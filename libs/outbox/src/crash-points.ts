import { Injectable, Logger } from '@nestjs/common';
import { OutboxConfig } from './outbox.config.js';
import type { CrashPoint } from './crash-plan.js';

/**
 * Kills this process at a named moment of its work, when `OUTBOX_CRASH_POINT` says so: a rehearsal of the worst moments.
 *
 * @remarks The process gets SIGKILL: nothing is finished, nothing is said, as after a power cut. Only production refuses the setting.
 */
@Injectable()
export class CrashPoints {
  readonly #logger = new Logger(CrashPoints.name);
  readonly #point: CrashPoint | undefined;
  #left: number;

  constructor({ crashPlan }: OutboxConfig) {
    this.#point = crashPlan?.point;
    this.#left = crashPlan?.time ?? 0;
    if (crashPlan !== undefined) this.#logger.warn(crashPlan, 'OUTBOX_CRASH_POINT is set: this process will kill itself.');
  }

  /** Does not return when this is the planned moment. */
  reach(point: CrashPoint): void {
    if (point !== this.#point) return;
    this.#left -= 1;
    if (this.#left === 0) process.kill(process.pid, 'SIGKILL');
  }
}
