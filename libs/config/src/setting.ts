import type { z } from 'zod';
import type { ConfigProblem } from './config-problem.js';

/** One environment variable: its meaning, the form of its text, and its default. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  /** The variable's name, for example `OUTBOX_POLL_INTERVAL`. */
  readonly env: string;
  /** From the variable's text to the typed value. */
  readonly schema: S;
  /** The text for a variable that is not set; without a default the schema decides whether the value may be missing. */
  readonly default?: string;
  /** Its effect, in one or two sentences, for `docs/configuration.md`. */
  readonly description: string;
  /** Form and unit for the reader, for example `seconds, 0.05 to 60`. */
  readonly form: string;
  /** A valid value, printed with a problem. */
  readonly example: string;
  /** Never printed. */
  readonly secret?: boolean;
}

type Shape = Readonly<Record<string, Setting>>;

/** A rule between the fields of one class; holds wherever the class is loaded. */
type Check<V> = (values: V) => readonly ConfigProblem[];

/** The typed values of a shape. */
export type SettingValues<S extends Shape> = { readonly [K in keyof S]: z.infer<S[K]['schema']> };

/** A class made by {@link defineConfig}: an injection token with typed, read-only fields. */
export interface ConfigClass<S extends Shape = Shape> {
  new (values: SettingValues<S>): SettingValues<S>;
  readonly title: string;
  readonly settings: S;
  readonly check: Check<SettingValues<S>> | undefined;
}

/** Any settings class. */
export interface AnyConfigClass {
  new (values: never): object;
  readonly title: string;
  readonly settings: Shape;
  readonly check: Check<never> | undefined;
}

/**
 * Makes the base class of a lib's settings.
 *
 * @remarks `class OutboxConfig extends defineConfig('Outbox', { ... }) {}` is an injection token, a type, and the source of its
 * section in `docs/configuration.md`.
 * @param check - a rule between its fields, checked when all of them are readable
 */
export function defineConfig<const S extends Shape>(title: string, settings: S, check?: Check<SettingValues<S>>): ConfigClass<S> {
  class Config {
    static readonly title = title;
    static readonly settings = settings;
    static readonly check = check;

    constructor(values: SettingValues<S>) {
      Object.assign(this, values);
    }
  }
  // Object.assign gives the instance the fields of the shape, which the compiler cannot follow.
  return Config as unknown as ConfigClass<S>;
}
