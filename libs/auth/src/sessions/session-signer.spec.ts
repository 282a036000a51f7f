import { loadConfig } from '#zakops/config';
import { AuthConfig } from '../auth.config.js';
import { SessionSigner } from './session-signer.js';

const OLD = 'o'.repeat(32);
const NEW = 'n'.repeat(32);

function signerWith(...secrets: readonly string[]): SessionSigner {
  return new SessionSigner(loadConfig([AuthConfig], { SESSION_SECRET: secrets.join(',') }).get(AuthConfig));
}

describe(SessionSigner.name, () => {
  it('gives a token of 256 bits back from what it signed', () => {
    const signer = signerWith(NEW);
    const token = signer.newToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(signer.verify(signer.sign(token))).toBe(token);
  });

  it('takes what any secret of the list has signed, and signs with the first', () => {
    const token = signerWith(OLD).newToken();
    const signedBefore = signerWith(OLD).sign(token);
    const rotated = signerWith(NEW, OLD);
    expect(rotated.verify(signedBefore)).toBe(token);
    expect(rotated.sign(token)).toBe(signerWith(NEW).sign(token));
    expect(signerWith(NEW).verify(signedBefore)).toBeUndefined();
  });

  it('refuses every other text', () => {
    const signer = signerWith(NEW);
    const signed = signer.sign(signer.newToken());
    const [token = '', signature = ''] = signed.split('.');
    const [otherToken = ''] = signer.sign(signer.newToken()).split('.');
    const wrong = [
      '',
      token,
      `${token}.`,
      `${token}.${'A'.repeat(43)}`,
      `${otherToken}.${signature}`,
      `${signed}A`,
      signed.slice(0, -1),
      `${token}.${token}`,
      // The token against forged requests is no signature.
      `${token}.${signer.csrfToken(token)}`,
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.',
    ];
    expect(wrong.map((text) => signer.verify(text))).toEqual(wrong.map(() => undefined));
  });

  it('binds the token against forged requests to its session, through a rotation of secrets', () => {
    const before = signerWith(OLD);
    const token = before.newToken();
    const good = signerWith(NEW, OLD)
      .csrfTokens(token)
      .map((buffer) => buffer.toString());
    expect(good).toContain(before.csrfToken(token));
    expect(good).toContain(signerWith(NEW).csrfToken(token));
    expect(good).not.toContain(before.csrfToken(before.newToken()));
  });

  it('signs with a secret of its own where none is set, which nobody else knows', () => {
    const [one, other] = [signerWith(), signerWith()];
    const token = one.newToken();
    expect(one.verify(one.sign(token))).toBe(token);
    expect(other.verify(one.sign(token))).toBeUndefined();
  });
});
