import { InvalidArgumentError } from 'commander';
import type { ChangeOptions } from './dead-letter-options.js';

/** The options of `dlq redrive` and `dlq discard`. */
export interface TaskOptions extends ChangeOptions {
  readonly token?: string;
  readonly maxGrowth: number;
  readonly limit?: number;
  readonly rate: number;
}

/** Reads a whole number of an option, up to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (number < min || number > max) throw new InvalidArgumentError(`It must be a whole number from ${String(min)} to ${String(max)}.`);
    return number;
  };
}
