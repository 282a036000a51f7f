import { DatabaseUnavailableError } from '../database.errors.js';

/** How long a call waits for its place, without a connection; as long as it would wait for a connection. */
export const PLACE_WAIT_MS = 5_000;

/** Others have all places, and none came free in time. */
export class NoPlaceInTimeError extends DatabaseUnavailableError {
  constructor() {
    super(undefined, 'Too many calls wait for the same data. Try again later.');
  }
}

/** Bounds how many connections are taken for one purpose. */
export interface Lane {
  /** Takes a place; false when none is free. */
  take(): boolean;
  /**
   * Takes a place, and waits for it when none is free.
   *
   * @throws NoPlaceInTimeError when too many wait already, or when none is free within the limit
   */
  wait(limitMs: number): Promise<void>;
  /** Gives a place back, or on to the caller that has waited longest. */
  giveBack(): void;
}

/** A bounded number of places; a caller without one waits in memory, first come, first served. */
export class Places implements Lane {
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #left = 0;
  #refused = 0;
  #refusedAtMs = Number.NEGATIVE_INFINITY;
  #seen = { left: 0, refused: 0 };

  /**
   * @param size - how many there are
   * @param maxWaiting - a caller that comes while as many wait is refused at once
   */
  constructor(
    private readonly size: number,
    private readonly maxWaiting = Number.POSITIVE_INFINITY,
  ) {}

  /** True while no place is taken. */
  get isUnused(): boolean {
    return this.#taken === 0;
  }

  /** How many callers wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** True while all places are taken, and a caller waits or was refused a moment ago. */
  get isCrowded(): boolean {
    return this.#taken >= this.size && (this.waiting > 0 || performance.now() - this.#refusedAtMs < PLACE_WAIT_MS);
  }

  take(): boolean {
    if (this.#taken >= this.size) return false;
    this.#taken += 1;
    return true;
  }

  giveBack(): void {
    this.#left += 1;
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }

  async wait(limitMs: number): Promise<void> {
    if (this.take()) return;
    if (this.waiting >= this.maxWaiting || limitMs <= 0) throw this.refuse();
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(this.refuse());
      }, limitMs);
      this.#waiting.push(turn);
    });
  }

  /** True when no place came free since the last call of this, although a caller waited for one. For one caller only. */
  stoodStill(): boolean {
    const isWanted = this.waiting > 0 || this.#refused > this.#seen.refused;
    const stoodStill = this.#taken >= this.size && isWanted && this.#left === this.#seen.left;
    this.#seen = { left: this.#left, refused: this.#refused };
    return stoodStill;
  }

  private refuse(): NoPlaceInTimeError {
    this.#refused += 1;
    this.#refusedAtMs = performance.now();
    return new NoPlaceInTimeError();
  }
}

/** {@link Places} for each of many keys. */
export class KeyedPlaces {
  readonly #places = new Map<string, Places>();

  /** @param size - of each key */
  constructor(
    private readonly size: number,
    private readonly maxWaiting?: number,
  ) {}

  /** How many callers wait, for any key. */
  get waiting(): number {
    let waiting = 0;
    for (const places of this.#places.values()) waiting += places.waiting;
    return waiting;
  }

  /** @see Places.take */
  take(key: string): boolean {
    return this.of(key).take();
  }

  /** @see Places.giveBack */
  giveBack(key: string): void {
    const places = this.of(key);
    places.giveBack();
    if (places.isUnused) this.#places.delete(key);
  }

  /** @see Places.wait */
  wait(key: string, limitMs: number): Promise<void> {
    return this.of(key).wait(limitMs);
  }

  /** The places of one key. */
  lane(key: string): Lane {
    return {
      take: () => this.take(key),
      wait: (limitMs) => this.wait(key, limitMs),
      giveBack: () => {
        this.giveBack(key);
      },
    };
  }

  private of(key: string): Places {
    let places = this.#places.get(key);
    if (places === undefined) this.#places.set(key, (places = new Places(this.size, this.maxWaiting)));
    return places;
  }
}
