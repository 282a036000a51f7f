import { readSource } from './read-source.js';
import type { AnyConfigClass, Setting } from './setting.js';

/** A setting as it is in force, for people to look at. */
export interface EffectiveSetting {
  readonly env: string;
  /** The title of its class. */
  readonly group: string;
  /** `***` for a secret that is set; null for what is not set and has no default. */
  readonly value: string | null;
  /** `problem` when it cannot be read at all, as with a file that is not there. */
  readonly source: 'default' | 'environment' | 'file' | 'problem';
}

const MASK = '***';

/** Says for every setting what is in force and where it comes from; checks nothing, and never gives a secret away. */
export function effectiveSettings(
  classes: readonly AnyConfigClass[],
  env: Readonly<Record<string, string | undefined>>,
): readonly EffectiveSetting[] {
  return classes.flatMap(({ title, settings }) => Object.values(settings).map((setting) => effective(setting, title, env)));
}

function effective(setting: Setting, group: string, env: Readonly<Record<string, string | undefined>>): EffectiveSetting {
  const source = readSource(setting, env);
  if ('problem' in source) return { env: setting.env, group, value: null, source: 'problem' };
  const given = source.text === undefined ? undefined : setting.secret === true ? MASK : source.text;
  return { env: setting.env, group, value: given ?? setting.default ?? null, source: source.text === undefined ? 'default' : source.from };
}
