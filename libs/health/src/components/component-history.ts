import { Injectable } from '@nestjs/common';
import type { ComponentState } from './health-contributor.js';

/** Remembers since when this process has seen a component in its present state. */
@Injectable()
export class ComponentHistory {
  readonly #states = new Map<string, { readonly state: ComponentState; readonly since: Date }>();

  /** Notes a state. Returns since when it was noted without another state in between. */
  note(name: string, state: ComponentState, at: Date = new Date()): Date {
    const known = this.#states.get(name);
    if (known?.state === state) return known.since;
    this.#states.set(name, { state, since: at });
    return at;
  }
}
