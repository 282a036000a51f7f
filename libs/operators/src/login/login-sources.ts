import { currentCall } from '#zakops/observability';
import { addressSubject } from '#zakops/rate-limit';
import { hash } from 'node:crypto';

/** What a login may be known by, the surest first. */
export interface LoginSources {
  /** The browser; undefined when it brought no device cookie of ours. */
  readonly device: Buffer | undefined;
  /** The address of the current call; undefined when no client asked. */
  readonly address: Buffer | undefined;
}

/** The sources of the current call. Only their hashes are kept, so that nobody reads from where somebody works. */
export function loginSources(device: string | undefined): LoginSources {
  const address = currentCall()?.origin?.address;
  return {
    device: device === undefined ? undefined : deviceSource(device),
    address: address === undefined ? undefined : sourceOf('address', addressSubject(address)),
  };
}

/** A browser. */
export function deviceSource(device: string): Buffer {
  return sourceOf('device', device);
}

/** A session: who holds it is no stranger, whatever device and address it comes from. */
export function sessionSource(sessionId: string): Buffer {
  return sourceOf('session', sessionId);
}

/** Without what is not there. */
export function given(...sources: readonly (Buffer | undefined)[]): readonly Buffer[] {
  return sources.filter((source) => source !== undefined);
}

function sourceOf(kind: 'device' | 'address' | 'session', name: string): Buffer {
  return hash('sha256', `${kind}:${name}`, 'buffer');
}
