import { loadConfig, RuntimeConfig } from '#zakops/config';
import { AuthConfig } from '../auth.config.js';
import { DeviceCookie } from './device-cookie.js';
import { SessionSigner } from './session-signer.js';

function setup(): { sut: DeviceCookie; device: string; signed: string } {
  const config = loadConfig([RuntimeConfig, AuthConfig], { SESSION_SECRET: 's'.repeat(32) });
  const signer = new SessionSigner(config.get(AuthConfig));
  const device = signer.newToken();
  return {
    sut: new DeviceCookie(config.get(AuthConfig), config.get(RuntimeConfig), signer),
    device,
    signed: signer.sign(device, 'device'),
  };
}

describe(DeviceCookie.name, () => {
  it('reads the device that it gave out', () => {
    const { sut, device, signed } = setup();
    expect(sut.read({ headers: { cookie: `zakops_device=${signed}` } })).toBe(device);
  });

  it.each([undefined, '', 'zakops_device=', 'zakops_device=x', 'other=1'])('knows no device by %j', (cookie) => {
    expect(setup().sut.read({ headers: { cookie } })).toBeUndefined();
  });

  it('is not hidden by a cookie of the same name that a neighbour set', () => {
    const { sut, device, signed } = setup();
    const cookie = `zakops_device=foreign; zakops_device=${signed}`;
    expect(sut.read({ headers: { cookie } })).toBe(device);
  });
});
