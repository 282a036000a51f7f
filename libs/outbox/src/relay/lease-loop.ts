import { RepeatingTask } from '#zakops/kernel';
import type { LoopState } from '#zakops/processes';
import { Logger } from '@nestjs/common';
import type { Leadership } from '../lease/leadership.js';
import type { TakenLease } from '../lease/worker-lease.js';
import { TurnClock } from './turn-clock.js';

/** How often the lease is looked at. */
export const LEASE_LOOK_MS = 500;

/** What the loop needs. */
export interface LeaseLoopTools {
  readonly leadership: Leadership;
  readonly state: LoopState;
  readonly report: () => Readonly<Record<string, unknown>>;
  /** Takes over what the worker before has left; the lease is renewed meanwhile. */
  readonly takeOver: (lease: TakenLease) => Promise<void>;
  /** This worker was the active one before, and still is. */
  readonly onKept: () => void;
  /** This worker stands by. */
  readonly onStandby: () => void;
}

/** Renews the lease, or asks for it; takes over after it was gained. */
export class LeaseLoop {
  readonly #logger = new Logger(LeaseLoop.name);
  readonly #task: RepeatingTask;
  readonly #turns = new TurnClock();
  #takingOver: Promise<void> | undefined;
  #isStandingDown = false;

  constructor(private readonly tools: LeaseLoopTools) {
    this.#task = new RepeatingTask(
      () => this.look(),
      (error) => {
        this.tools.state.failed(error);
        this.#logger.warn({ err: error }, 'The lease could not be looked at.');
      },
    );
  }

  /** Milliseconds since the last look, failed ones included. */
  get idleMs(): number {
    return this.#turns.idleMs;
  }

  /** Looks now, and twice a second from then on. */
  start(): void {
    this.#task.start(LEASE_LOOK_MS);
    this.#task.trigger();
  }

  /** Stops asking for the lease, but goes on renewing it while this worker has it. */
  standDown(): void {
    this.#isStandingDown = true;
  }

  /** Notes that the process goes on, before the first look. */
  turned(): void {
    this.#turns.turned();
  }

  /** Renews no more, and resolves when nothing of it is under way. */
  async stop(): Promise<void> {
    await this.#task.stop();
    await this.#takingOver;
  }

  private async look(): Promise<void> {
    const { leadership, state, report, onKept, onStandby } = this.tools;
    if (this.#isStandingDown && leadership.fence === undefined) return;
    state.begun();
    const outcome = await leadership.maintain(report).finally(() => {
      this.#turns.turned();
    });
    if (outcome.is === 'kept') onKept();
    if (outcome.is === 'standby') onStandby();
    if (outcome.is === 'gained') {
      const takingOver = this.takeOver(outcome.lease).finally(() => {
        if (this.#takingOver === takingOver) this.#takingOver = undefined;
      });
      this.#takingOver = takingOver;
      return;
    }
    // A take-over reports its own outcome.
    if (this.#takingOver === undefined) state.succeeded();
  }

  private async takeOver(lease: TakenLease): Promise<void> {
    const { leadership, state, takeOver } = this.tools;
    try {
      await takeOver(lease);
      state.succeeded();
    } catch (error) {
      state.failed(error);
      this.#logger.error({ err: error }, 'This worker could not take over; the lease goes back.');
      await leadership.release(lease.fence).catch(() => undefined);
    }
  }
}
