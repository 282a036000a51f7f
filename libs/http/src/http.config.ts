import { defineConfig, flag, integer, secondsAsMs, text, textList } from '#zakops/config';
import { parseAuthority } from './hosts/authority.js';
import { trustedProxies } from './limits/trust-proxy.js';

/** An origin as a browser sends it: scheme, host, port, and nothing behind. */
function isOrigin(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}

const origins = textList().superRefine((list, context) => {
  for (const origin of list) {
    if (origin === '*') {
      context.addIssue({ code: 'custom', message: 'must name its origins: `*` would let any page act with the session of its visitor' });
    } else if (!isOrigin(origin)) {
      context.addIssue({
        code: 'custom',
        message: `holds ${origin}, which is not an origin (scheme, host and port, without a slash at the end)`,
      });
    }
  }
});

const hosts = textList().superRefine((list, context) => {
  for (const host of list) {
    if (parseAuthority(host)?.port === undefined && parseAuthority(host) !== undefined && !host.endsWith(':')) continue;
    context.addIssue({
      code: 'custom',
      message: `holds ${host}, which is not a host name or an address (IPv6 in brackets) without a port`,
    });
  }
});

/** Where the API listens, which pages may call it, and what it takes from a client. */
export class HttpConfig extends defineConfig('HTTP', {
  port: {
    env: 'PORT',
    schema: integer(0, 65_535),
    default: '8000',
    form: 'port, 0 to 65535; 0 takes any free one',
    description: 'The port of the API.',
    example: '8000',
  },
  host: {
    env: 'HOST',
    schema: text(1, 255),
    default: '0.0.0.0',
    form: 'address or host name',
    description: 'The address the API listens on; 127.0.0.1 keeps it to this machine.',
    example: '0.0.0.0',
  },
  corsOrigins: {
    env: 'CORS_ORIGINS',
    schema: origins,
    default: '[]',
    form: 'JSON array of origins, or the same separated by commas',
    description: 'The pages that may call the API from a browser, with credentials. Empty: only pages of the same origin. `*` is refused.',
    example: '["https://app.example.com"]',
  },
  publicHosts: {
    env: 'PUBLIC_HOSTS',
    schema: hosts,
    default: '[]',
    form: 'host names and addresses without ports, separated by commas, or a JSON array of them',
    description:
      'The names under which clients reach the API. A request for another `Host` is answered with 421. Always ours are localhost, loopback ' +
      'addresses, `HOST`, and the address that the connection came to. Checked when this is set, and always while `AUTH_REQUIRED` is false.',
    example: 'api.example.com',
  },
  trustProxy: {
    env: 'TRUST_PROXY',
    schema: trustedProxies(),
    default: 'none',
    form:
      'none; or how many proxies stand in a row, 1 to 10; or their addresses and networks separated by commas, also loopback, linklocal, ' +
      'uniquelocal; or the number and then the networks',
    description:
      'Whose `X-Forwarded-For` is believed. It decides from which address a call counts, for rate limits and the audit log: a number only ' +
      'where clients cannot reach the API around the proxies. With networks and no number only the nearest proxy is believed: others in ' +
      'its network are clients.',
    example: '2,10.0.0.0/8',
  },
  requireIfMatch: {
    env: 'REQUIRE_IF_MATCH',
    schema: flag(),
    default: 'false',
    form: 'true or false',
    description: 'Whether a PATCH must say by `If-Match` which version it is based on; one without it is answered with 428.',
    example: 'true',
  },
  headersTimeoutMs: {
    env: 'HTTP_HEADERS_TIMEOUT',
    schema: secondsAsMs(1, 300),
    default: '10',
    form: 'seconds, 1 to 300',
    description: 'Within this time of its beginning a request must have sent all its headers, and a new connection its first request.',
    example: '10',
  },
  bodyTimeoutMs: {
    env: 'HTTP_BODY_TIMEOUT',
    schema: secondsAsMs(1, 600),
    default: '30',
    form: 'seconds, 1 to 600',
    description: 'Within this time of its headers the body of a request must have arrived, or it is answered with 408.',
    example: '30',
  },
  maxConnections: {
    env: 'HTTP_MAX_CONNECTIONS',
    schema: integer(10, 1_000_000),
    default: '20000',
    form: 'connections, 10 to 1000000',
    description:
      'The most connections of one process, streams included; further ones are closed at once. Not more than the process may have files open.',
    example: '20000',
  },
}) {}
