import { currentCall } from '#zakops/observability';
import { addressSubject } from '#zakops/rate-limit';
import { hash } from 'node:crypto';

/** The sources by which a login may be known. */
export interface LoginSources {
  /** The browser; undefined without a device cookie. */
  readonly device: Buffer | undefined;
  /** The address of the current call; undefined for a call without a client. */
  readonly address: Buffer | undefined;
}

/** The sources of the current call, as hashes, so that the table shows no addresses. */
export function loginSources(device: string | undefined): LoginSources {
  const address = currentCall()?.origin?.address;
  return {
    device: device === undefined ? undefined : deviceSource(device),
    address: address === undefined ? undefined : sourceOf('address', addressSubject(address)),
  };
}

/** The source of a browser. */
export function deviceSource(device: string): Buffer {
  return sourceOf('device', device);
}

/** The source of a session. Its holder is no stranger, from any device and address. */
export function sessionSource(sessionId: string): Buffer {
  return sourceOf('session', sessionId);
}

/** The defined ones of some sources. */
export function known(...sources: readonly (Buffer | undefined)[]): readonly Buffer[] {
  return sources.filter((source) => source !== undefined);
}

function sourceOf(kind: 'device' | 'address' | 'session', name: string): Buffer {
  return hash('sha256', `${kind}:${name}`, 'buffer');
}
