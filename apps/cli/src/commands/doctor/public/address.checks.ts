import type { RuntimeConfig } from '#zakops/config';
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { daysUntil, EXPIRES_SOON_DAYS } from '../certificate-days.js';
import type { Finding } from '../finding.js';
import { below, probe } from './http-probe.js';
import type { ProbeAnswer } from './http-probe.js';

const VERSION = z.object({
  version: z.string(),
  commit: z.string(),
  environment: z.string(),
  schema_version: z.string().nullable().optional(),
});
// Names without a dot, and those of clusters; a dot at the end means the root.
const INSIDE_NAME = /^(?:[\w-]+|.+\.(?:internal|local|svc|localhost))\.?$/i;
// Loopback, link-local and private addresses (RFC 1122, 3927, 1918, 4291, 4193).
const INSIDE = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  INSIDE.addSubnet(network, bits, 'ipv4');
INSIDE.addAddress('::1', 'ipv6');
INSIDE.addSubnet('fe80::', 10, 'ipv6');
INSIDE.addSubnet('fc00::', 7, 'ipv6');

/** True for a host, as a URL has it, that is reached inside of a network only. */
export function isInside(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(address);
  return version === 0 ? INSIDE_NAME.test(hostname) : INSIDE.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

const HEADERS = ['content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy'];
const HSTS = 'strict-transport-security';

/** What `GET /api/version` says; undefined when that is not ours. */
export type PublicVersion = z.infer<typeof VERSION>;

/** Reads the answer of `GET /api/version`. */
export function readVersion({ status, body }: ProbeAnswer): PublicVersion | undefined {
  try {
    return status === 200 ? VERSION.parse(JSON.parse(body)) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the API takes requests through this address. */
export async function checkReady(url: URL): Promise<Finding> {
  const { status, headers, body } = await probe(below(url, 'api/health/ready'));
  const measured = { status };
  if (status === 200) return { state: 'ok', detail: 'The API is ready.', measured };
  if (status >= 300 && status < 400) {
    const advice = `It leads to ${String(headers.location)}: ask there with --url.`;
    return { state: 'failure', detail: `The address leads on to another one (status ${String(status)}).`, advice, measured };
  }
  const checks = body.includes('"checks"') ? ` ${body.slice(0, 300)}` : '';
  const advice = status === 503 ? 'See zakops doctor without --url, where the API runs.' : 'Does the address lead to the API?';
  return { state: 'failure', detail: `The API is not ready: status ${String(status)}.${checks}`, advice, measured };
}

/** Whether the way to this address is encrypted, by a certificate that will hold for a while. */
export function checkPublicTls(url: URL, { tls }: ProbeAnswer, version: PublicVersion | undefined): Finding {
  if (tls === undefined) {
    if (isInside(url.hostname)) {
      const advice = 'Ask by the public address, --url https://..., to check its encryption.';
      return { state: 'skipped', detail: 'Not encrypted, as it may be: the address is inside of the network.', advice };
    }
    const isProduction = version?.environment === 'production' || version?.environment === 'staging';
    const detail = `The address is not encrypted: passwords and keys can be read on the way.${isProduction ? ' Nobody can log in, because the session is for https only.' : ''}`;
    return { state: isProduction ? 'failure' : 'warning', detail, advice: 'Let the proxy speak TLS, and ask by --url https://...' };
  }
  const days = daysUntil(tls.validTo);
  const measured = { protocol: tls.protocol, certificate_valid_to: tls.validTo, days_left: days };
  if (/^TLSv1(\.1)?$/.test(tls.protocol)) {
    return { state: 'failure', detail: `The proxy speaks ${tls.protocol}.`, advice: 'Let it speak TLS 1.2 or newer only.', measured };
  }
  if (days < EXPIRES_SOON_DAYS) {
    return {
      state: 'warning',
      detail: `The certificate ends in ${String(days)} days.`,
      advice: 'Renew it; does what should renew it still run?',
      measured,
    };
  }
  return { state: 'ok', detail: `${tls.protocol}, a verified certificate with ${String(days)} days left.`, measured };
}

/** Whether the security headers of the API arrive. */
export function checkHeaders({ headers, tls }: ProbeAnswer, version: PublicVersion | undefined): Finding {
  const wanted = tls !== undefined && version?.environment === 'production' ? [...HEADERS, HSTS] : HEADERS;
  const missing = wanted.filter((name) => headers[name] === undefined);
  const telling = ['x-powered-by', 'server'].filter((name) => /\d/.test(String(headers[name] ?? '')));
  const measured = { missing, telling };
  if (missing.length > 0) {
    const advice = 'The API sends them: the proxy takes them away, or something else answers. Let it pass them on.';
    return { state: 'warning', detail: `Security headers do not arrive: ${missing.join(', ')}.`, advice, measured };
  }
  if (telling.length > 0) {
    const told = telling.map((name) => `${name}: ${String(headers[name])}`).join(', ');
    return {
      state: 'warning',
      detail: `The proxy tells its version (${told}).`,
      advice: 'Switch that off (nginx: server_tokens off).',
      measured,
    };
  }
  return { state: 'ok', detail: `${String(wanted.length)} security headers arrive.`, measured };
}

/** Whether what answers is of the same version as this command. */
export function checkVersion(version: PublicVersion | undefined, self: Pick<RuntimeConfig, 'version' | 'commit'>): Finding {
  if (version === undefined) {
    return { state: 'failure', detail: 'GET /api/version is not answered as ZakOps does.', advice: 'Does the address lead to the API?' };
  }
  const measured = { there: version.version, there_commit: version.commit, here: self.version, here_commit: self.commit };
  const there = `${version.version} (${version.commit})`;
  const here = `${self.version} (${self.commit})`;
  if (version.version !== self.version || version.commit !== self.commit) {
    const advice = 'Finish the update, or run the zakops of the image that answers.';
    return { state: 'warning', detail: `What answers is ${there}, this command is ${here}.`, advice, measured };
  }
  return { state: 'ok', detail: `What answers is ${there}, as this command.`, measured };
}
