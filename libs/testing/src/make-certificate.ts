import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { webcrypto } from 'node:crypto';

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate that signs others. */
export interface CertificateAuthority extends Certificate {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

const DAY_MS = 86_400_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Makes a certificate authority that nothing trusts yet; valid from yesterday until tomorrow. */
export async function makeAuthority(commonName: string): Promise<CertificateAuthority> {
  const name = `CN=${commonName}`;
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  });
  return { name, keys, certificate: certificate.toString('pem'), key: await toPem(keys.privateKey) };
}

/** Makes a certificate of a server. */
export async function makeServerCertificate(
  authority: CertificateAuthority,
  names: { readonly dns?: string; readonly ipv4?: string },
): Promise<Certificate> {
  const { publicKey, privateKey } = await makeKeys();
  const alternatives: x509.JsonGeneralNames = [];
  if (names.dns !== undefined) alternatives.push({ type: 'dns', value: names.dns });
  if (names.ipv4 !== undefined) alternatives.push({ type: 'ip', value: names.ipv4 });
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject: 'CN=server',
    issuer: authority.name,
    publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension(alternatives)],
  });
  return { certificate: certificate.toString('pem'), key: await toPem(privateKey) };
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
