import { readSource } from '#zakops/config';
import { EVERY_SETTING } from '../../settings/every-setting.js';

const SHORTEST = 4;

/** Every secret text of an environment and its files, and the passwords in connection strings: a safety net, for what others may put into an error. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const given = EVERY_SETTING.flatMap(({ settings }) => Object.values(settings))
    .filter(({ secret }) => secret === true)
    .flatMap((setting) => {
      const source = readSource(setting, env);
      // Also what is refused because its file is named beside it.
      return [env[setting.env] ?? [], 'text' in source ? (source.text ?? []) : []].flat();
    });
  const passwords = given.filter((text) => URL.canParse(text)).map((text) => new URL(text).password);
  return [...new Set([...given, ...passwords, ...passwords.map(decoded)])]
    .filter((text) => text.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

/** A percent sign that encodes nothing is left as it is, as the driver does. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
