/** The parts of a hash in PHC string format: `$<id>[$v=<version>]$<name>=<value>,...$<salt>$<hash>`, binary parts in base64. */
export interface PhcString {
  readonly id: string;
  readonly version: number | undefined;
  readonly parameters: Readonly<Record<string, number>>;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const LONGEST = 512;
const BASE64 = /^[A-Za-z0-9+/]+$/;
const VERSION = /^v=(\d{1,4})$/;
const PARAMETER = /^([a-z]{1,4})=(\d{1,9})$/;

/** Writes a PHC string, with base64 without padding. */
export function formatPhc({ id, version, parameters, salt, hash }: PhcString): string {
  const texts = Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`);
  const parts = ['', id, ...(version === undefined ? [] : [`v=${String(version)}`]), texts.join(','), toBase64(salt), toBase64(hash)];
  return parts.join('$');
}

/** Reads a PHC string; undefined for any other text. */
export function parsePhc(text: string): PhcString | undefined {
  if (text.length > LONGEST) return undefined;
  const [before, id, ...rest] = text.split('$');
  if (before !== '' || id === undefined) return undefined;
  const version = VERSION.exec(rest[0] ?? '')?.[1];
  const [given, salt, hash, ...more] = version === undefined ? rest : rest.slice(1);
  if (given === undefined || salt === undefined || hash === undefined || more.length > 0) return undefined;
  if (!BASE64.test(salt) || !BASE64.test(hash)) return undefined;
  const parameters: Record<string, number> = {};
  for (const part of given.split(',')) {
    const [, name, value] = PARAMETER.exec(part) ?? [];
    if (name === undefined || value === undefined) return undefined;
    parameters[name] = Number(value);
  }
  return {
    id,
    version: version === undefined ? undefined : Number(version),
    parameters,
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function toBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
