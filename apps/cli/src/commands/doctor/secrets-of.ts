import { EVERY_SETTING } from '../../settings/every-setting.js';

const SHORTEST = 4;

/** Every secret text of an environment and the password in its connection string: a safety net, for what others may put into an error. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const given = EVERY_SETTING.flatMap(({ settings }) => Object.values(settings))
    .filter(({ secret }) => secret === true)
    .flatMap((setting) => env[setting.env] ?? []);
  const passwords = given.filter((text) => URL.canParse(text)).map((text) => new URL(text).password);
  return [...given, ...passwords, ...passwords.map((password) => decodeURIComponent(password))]
    .filter((text) => text.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}
