import { canonicalAddress } from '#zakops/kernel';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { request as expressRequest } from 'express';
import type { Request } from 'express';
import { isIPv6 } from 'node:net';

// Some proxies add the port of the client: 192.0.2.1:4711, [2001:db8::1]:4711.
const NODE = /^(?:\[(?<bracketed>[^\]]+)\]|(?<v4>[\d.]+))(?::\d{1,5})?$/;

/** The address in an entry of `X-Forwarded-For` in its one spelling, without port and brackets; undefined when it holds none. */
export function addressOf(text: string): string | undefined {
  const { bracketed, v4 } = NODE.exec(text)?.groups ?? {};
  // Brackets are for IPv6 only (RFC 3986, 3.2.2).
  if (bracketed !== undefined && !isIPv6(bracketed)) return undefined;
  return canonicalAddress(bracketed ?? v4 ?? text);
}

/**
 * Makes `request.ip` an address always, in its one spelling: that of the client as far as `TRUST_PROXY` lets proxies name it, else that of the connection.
 *
 * @remarks Express gives the entry as it was sent. Limits would count each port of a client as another client.
 */
export function defineClientAddress(app: NestExpressApplication): void {
  const { request } = app.getHttpAdapter().getInstance() as { readonly request: object };
  const ofExpress = Object.getOwnPropertyDescriptor(expressRequest, 'ip');
  if (ofExpress?.get === undefined) throw new Error('This version of Express does not say where a request comes from.');
  Object.defineProperty(request, 'ip', {
    configurable: true,
    get(this: Request): string {
      return addressOf((ofExpress.get?.call(this) as string | undefined) ?? '') ?? addressOf(this.socket.remoteAddress ?? '') ?? '';
    },
  });
}
