import { readSource } from './read-source.js';
import type { AnyConfigClass, Setting } from './setting.js';

/** The value of a setting and its source, for people. */
export interface EffectiveSetting {
  readonly env: string;
  /** The title of its class. */
  readonly group: string;
  /** `***` for a secret that is set; null without a value and a default. */
  readonly value: string | null;
  /** `problem` for a setting that cannot be read, for example because its file is missing. */
  readonly source: 'default' | 'environment' | 'file' | 'problem';
}

const MASK = '***';

/** Lists the value and the source of every setting; checks nothing, and masks secrets. */
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
