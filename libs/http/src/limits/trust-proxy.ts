import { z } from 'zod';
import { isIP } from 'node:net';

/** Whose word about the client's address is believed: nobody's, that of so many proxies in a row, or that of certain addresses. */
export type TrustedProxies = false | number | readonly string[];

const NOBODY = ['none', 'false', '0'];
const MAX_HOPS = 10;
const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** Reads `TRUST_PROXY`. */
export function trustedProxies(): z.ZodType<TrustedProxies> {
  return z.string().transform((raw, context): TrustedProxies => {
    const text = raw.trim().toLowerCase();
    if (NOBODY.includes(text)) return false;
    if (/^\d+$/.test(text) && Number(text) <= MAX_HOPS) return Number(text);
    const proxies = text.split(',').map((part) => part.trim());
    const wrong = proxies.find((proxy) => !NAMED_NETWORKS.has(proxy) && !isNetwork(proxy));
    if (wrong === undefined) return proxies;
    context.addIssue({
      code: 'custom',
      message: `must be none, 1 to ${String(MAX_HOPS)} proxies in a row, or addresses and networks separated by commas; ${wrong} is neither`,
    });
    return z.NEVER;
  });
}

/** A network of everybody is none: any client could give itself any address. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128));
}
