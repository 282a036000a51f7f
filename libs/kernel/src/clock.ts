/** The time of this machine, as a port so that tests can move it. Due times and leases use the database clock instead. */
export abstract class Clock {
  /** The present instant, UTC. */
  abstract now(): Date;
}

/** The machine's own clock. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
