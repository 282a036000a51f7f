import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate that signs others. */
export interface CertificateAuthority extends Certificate {
  readonly name: string;
  readonly signingKey: KeyObject;
}

const DAY_MS = 86_400_000;
// Object identifiers as DER writes them.
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const ALTERNATIVE_NAME = '551d11';

/** Makes a certificate authority that nobody else knows; by hand, because Node reads certificates and makes none. */
export function makeAuthority(name: string): CertificateAuthority {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension(BASIC_CONSTRAINTS, true, der(0x30, der(0x01, Buffer.from([0xff])))),
    // keyCertSign, the sixth of its bits.
    extension(KEY_USAGE, true, der(0x03, Buffer.from([2, 0x04]))),
  ];
  const certificate = certify(name, pair.publicKey, name, pair.privateKey, extensions);
  return { name, certificate, key: pem(pair.privateKey), signingKey: pair.privateKey };
}

/** Makes a certificate of a server. */
export function makeServerCertificate(
  authority: CertificateAuthority,
  names: { readonly dns?: string; readonly ipv4?: string },
): Certificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { dns, ipv4 } = names;
  const alternatives = [
    ...(dns === undefined ? [] : [der(0x82, Buffer.from(dns))]),
    ...(ipv4 === undefined ? [] : [der(0x87, Buffer.from(ipv4.split('.').map(Number)))]),
  ];
  const extensions = [extension(ALTERNATIVE_NAME, false, der(0x30, ...alternatives))];
  return {
    certificate: certify('server', pair.publicKey, authority.name, authority.signingKey, extensions),
    key: pem(pair.privateKey),
  };
}

/** See RFC 5280, section 4.1. */
function certify(subject: string, publicKey: KeyObject, issuer: string, issuerKey: KeyObject, extensions: readonly Buffer[]): string {
  const algorithm = der(0x30, der(0x06, Buffer.from(ECDSA_WITH_SHA256, 'hex')));
  const serial = randomBytes(16);
  // Positive, and without a zero in front.
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    nameOf(issuer),
    der(0x30, utcTime(Date.now() - DAY_MS), utcTime(Date.now() + DAY_MS)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = sign('sha256', toBeSigned, issuerKey);
  const whole = der(0x30, toBeSigned, algorithm, der(0x03, Buffer.from([0]), signature));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string): Buffer {
  const attribute = der(0x30, der(0x06, Buffer.from(COMMON_NAME, 'hex')), der(0x0c, Buffer.from(commonName)));
  return der(0x30, der(0x31, attribute));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return der(0x30, der(0x06, Buffer.from(id, 'hex')), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

function utcTime(at: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(at).toISOString().slice(2, 19).replaceAll(/[-T:]/g, '')}Z`));
}

/** One element: its tag, the length of what is in it, and that. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
