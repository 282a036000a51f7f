import { describeFailure } from './describe-failure.js';
import { LoopState } from './loop-state.js';

/** A failing loop as the heartbeat writes it; the database makes an instant of the age. */
export interface FailureToWrite {
  readonly loop: string;
  readonly age_ms: number;
  readonly failures: number;
  readonly error: string;
}

/** The loops of this process. */
export class LoopStates {
  readonly #states = new Map<string, LoopState>();
  #seen = '';

  /** The state of a loop; the same object for the same name. */
  of(name: string): LoopState {
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    const state = new LoopState(name);
    this.#states.set(name, state);
    return state;
  }

  all(): readonly LoopState[] {
    return [...this.#states.values()];
  }

  /** Whether other loops fail now than at the last look. */
  changed(): boolean {
    const failing = this.all()
      .filter(({ failingForMs }) => failingForMs !== undefined)
      .map(({ name }) => name)
      .join();
    if (failing === this.#seen) return false;
    this.#seen = failing;
    return true;
  }

  /** Those that fail, in the order in which they were first named. */
  failing(): readonly FailureToWrite[] {
    return this.all().flatMap(({ name, failingForMs, failures, lastError }) =>
      failingForMs === undefined
        ? []
        : [{ loop: name, age_ms: failingForMs, failures, error: failures === 0 ? 'it waits for an answer' : describeFailure(lastError) }],
    );
  }
}
