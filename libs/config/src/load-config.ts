import { ConfigError } from './config-problem.js';
import type { ConfigProblem } from './config-problem.js';
import { readSource } from './read-source.js';
import type { AnyConfigClass, Setting } from './setting.js';
import { suspiciousNames } from './suspicious-names.js';
import type { SuspiciousName } from './suspicious-names.js';

/** Reads a validated settings object by its class. */
export interface LoadedConfig {
  /** @throws Error for a class that was not loaded: a defect of the composition */
  get<T>(token: new (...args: never[]) => T): T;
  readonly instances: ReadonlyMap<AnyConfigClass, object>;
  /** Variables that look like misspelled settings. */
  readonly warnings: readonly SuspiciousName[];
}

/** A rule between fields of different classes; returns its problems. */
export type ConfigRule = (config: Pick<LoadedConfig, 'get'>) => readonly ConfigProblem[];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the settings of all classes at once.
 *
 * @param env - the environment; an empty text counts as not set. A secret may be in a file that `<NAME>_FILE` names instead
 * @param rules - each is checked when every field of the classes that it reads is readable
 * @throws ConfigError with every problem found; no message holds the value of a secret
 */
export function loadConfig(classes: readonly AnyConfigClass[], env: Environment, rules: readonly ConfigRule[] = []): LoadedConfig {
  const problems: ConfigProblem[] = [];
  const instances = new Map<AnyConfigClass, object>();
  const unreadable = new Set<AnyConfigClass>();
  const secrets = new Set<string>();
  for (const configClass of classes) {
    const values: Record<string, unknown> = {};
    for (const [field, setting] of Object.entries(configClass.settings)) {
      const result = readSetting(setting, env, secrets);
      if ('problem' in result) {
        problems.push(result.problem);
        unreadable.add(configClass);
      } else values[field] = result.value;
    }
    instances.set(configClass, Object.freeze(new configClass(values as never)));
  }
  const loaded: LoadedConfig = {
    instances,
    warnings: suspiciousNames(env),
    get<T>(token: new (...args: never[]) => T): T {
      const instance = instances.get(token as unknown as AnyConfigClass);
      if (instance === undefined) throw new Error(`${token.name} is not part of the loaded configuration.`);
      return instance as T;
    },
  };
  const readable = classes.filter((configClass) => !unreadable.has(configClass));
  problems.push(...readable.flatMap((configClass) => configClass.check?.(instances.get(configClass) as never) ?? []));
  problems.push(...rules.flatMap((rule) => applyRule(rule, loaded, unreadable)));
  if (problems.length > 0)
    throw new ConfigError(problems.map((problem) => ({ ...problem, reason: withoutSecrets(problem.reason, secrets) })));
  return loaded;
}

/** Skips a rule about unreadable settings, because their own problems are in the list already. */
function applyRule(rule: ConfigRule, loaded: LoadedConfig, unreadable: ReadonlySet<AnyConfigClass>): readonly ConfigProblem[] {
  const notRead = new Error('not read');
  try {
    return rule({
      get(token) {
        if (unreadable.has(token as unknown as AnyConfigClass)) throw notRead;
        return loaded.get(token);
      },
    });
  } catch (error) {
    if (error === notRead) return [];
    throw error;
  }
}

function readSetting(setting: Setting, env: Environment, secrets: Set<string>): { value: unknown } | { problem: ConfigProblem } {
  const source = readSource(setting, env);
  if ('problem' in source) return source;
  if (setting.secret === true && source.text !== undefined) secrets.add(source.text);
  const text = source.text ?? setting.default;
  const result = setting.schema.safeParse(text);
  if (result.success) return { value: result.data };
  const reason = text === undefined ? 'is not set' : result.error.issues.map((issue) => issue.message).join('; ');
  return { problem: { env: setting.env, reason, example: setting.example } };
}

/** A safety net for checks that quote a secret; today none does. */
function withoutSecrets(reason: string, secrets: ReadonlySet<string>): string {
  return [...secrets].reduce((clean, secret) => clean.replaceAll(secret, '***'), reason);
}
