import { RuntimeConfig } from '#zakops/config';
import { Injectable } from '@nestjs/common';
import { stringifySetCookie } from 'cookie';
import { AuthConfig, hasSecureCookies } from '../auth.config.js';
import { cookieValues } from './cookie-values.js';
import { SessionSigner } from './session-signer.js';
import type { CookieSource, CookieTarget } from './session-cookies.js';

/** How long a browser stays known after its last login, in days. */
export const DEVICE_DAYS = 180;

const DAY_SECONDS = 86_400;

/**
 * Recognises a browser in which an operator logged in before. It grants nothing: failed logins of strangers count apart from those of
 * known browsers.
 *
 * @see https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
@Injectable()
export class DeviceCookie {
  readonly #name: string;
  readonly #secure: boolean;
  readonly #sameSite: 'strict' | 'lax';

  constructor(
    config: AuthConfig,
    runtime: RuntimeConfig,
    private readonly signer: SessionSigner,
  ) {
    this.#secure = hasSecureCookies(config, runtime);
    this.#name = `${this.#secure ? '__Host-' : ''}zakops_device`;
    this.#sameSite = config.cookieSameSite;
  }

  /** The device of a request; undefined without a device that this system signed. */
  read(request: CookieSource): string | undefined {
    for (const value of cookieValues(request.headers.cookie, this.#name)) {
      const device = this.signer.verify(value, 'device');
      if (device !== undefined) return device;
    }
    return undefined;
  }

  /** Makes the browser known. */
  write(response: CookieTarget, device: string): void {
    const value = this.signer.sign(device, 'device');
    const maxAge = DEVICE_DAYS * DAY_SECONDS;
    response.appendHeader(
      'Set-Cookie',
      stringifySetCookie({ name: this.#name, value, httpOnly: true, maxAge, path: '/', secure: this.#secure, sameSite: this.#sameSite }),
    );
  }
}
