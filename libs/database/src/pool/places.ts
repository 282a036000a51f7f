import { DatabaseUnavailableError } from '../database.errors.js';

/** How long a call waits for its place, without a connection; as long as it would wait for a connection. */
export const PLACE_WAIT_MS = 5_000;

/** Others have all places, and none came free in time. */
export class NoPlaceInTimeError extends DatabaseUnavailableError {
  constructor() {
    super(undefined, 'Too many calls wait for the same data. Try again later.');
  }
}

/** A bounded number of places; a caller without one waits in memory, first come, first served. */
export class Places {
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #left = 0;
  #refused = 0;
  #refusedAtMs = Number.NEGATIVE_INFINITY;
  #seen = { left: 0, refused: 0 };

  /**
   * @param size - how many there are
   * @param maxWaiting - who comes when as many wait is refused at once
   */
  constructor(
    private readonly size: number,
    private readonly maxWaiting = Number.POSITIVE_INFINITY,
  ) {}

  /** True while nobody has a place. */
  get isUnused(): boolean {
    return this.#taken === 0;
  }

  /** How many callers wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** True while all places are taken, and somebody waits or was refused a moment ago. */
  get isCrowded(): boolean {
    return this.#taken >= this.size && (this.waiting > 0 || performance.now() - this.#refusedAtMs < PLACE_WAIT_MS);
  }

  /** Takes a place; false when none is free. */
  take(): boolean {
    if (this.#taken >= this.size) return false;
    this.#taken += 1;
    return true;
  }

  /** Gives a place back, or on to the caller that has waited longest. */
  giveBack(): void {
    this.#left += 1;
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }

  /**
   * Takes a place, and waits for it when none is free.
   *
   * @throws NoPlaceInTimeError when too many wait already, or when none is free within the limit
   */
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

  /** True when every place was held since the last call of this, although somebody waited for one. For one caller only. */
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

/** {@link Places} for each of many things, which are named by a key. */
export class KeyedPlaces {
  readonly #places = new Map<string, Places>();

  /** @param size - of each key */
  constructor(
    private readonly size: number,
    private readonly maxWaiting?: number,
  ) {}

  /** How many callers wait, for whatever. */
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

  private of(key: string): Places {
    let places = this.#places.get(key);
    if (places === undefined) this.#places.set(key, (places = new Places(this.size, this.maxWaiting)));
    return places;
  }
}
