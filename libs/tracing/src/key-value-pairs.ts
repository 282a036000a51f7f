import { z } from 'zod';

// A token of RFC 9110: what may be the name of a header, or of an attribute.
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z/]+$/;

/** `name=value` pairs as OpenTelemetry writes them in the environment: separated by commas, values percent-encoded. */
export function keyValuePairs(): z.ZodType<Readonly<Record<string, string>>> {
  return z.string().transform((text, context) => {
    try {
      return Object.fromEntries(
        text
          .split(',')
          .filter((pair) => pair.trim() !== '')
          .map(readPair),
      );
    } catch {
      // What could not be read may be a secret.
      context.addIssue({ code: 'custom', message: 'must be name=value pairs, separated by commas, with percent-encoded values' });
      return z.NEVER;
    }
  });
}

function readPair(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  const name = pair.slice(0, equals).trim();
  if (equals < 1 || !NAME.test(name)) throw new Error('unreadable');
  return [name, decodeURIComponent(pair.slice(equals + 1).trim())];
}
