import { AsyncLocalStorage } from 'node:async_hooks';
import { formatTraceparent, nextSpan } from '#zakops/kernel';
import type { Actor, Provenance, TraceContext } from '#zakops/kernel';

/** What is known about the call that is being served: a request, or the handling of one event. */
export interface CallContext {
  readonly trace: TraceContext;
  /** As given by the caller; undefined when it gave none. */
  readonly correlationId: string | undefined;
  /** The event that caused this call, or undefined for a request. */
  readonly causationId: string | undefined;
  /** Set once the caller is known. */
  actor: Actor | undefined;
  /** Who says to have typed the command, for the audit log; nobody has checked it. */
  readonly typedBy?: string;
  /** From where a request came; undefined for what no client asked for. */
  readonly origin?: CallOrigin;
}

declare module 'http' {
  interface IncomingMessage {
    /** The call that this request makes, for code that runs outside of it, such as the request log. */
    call?: CallContext;
  }
}

/** From where a request came, for audit entries. */
export interface CallOrigin {
  /** IP address of the client, as far as `TRUST_PROXY` lets a proxy name it. */
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
}

const storage = new AsyncLocalStorage<CallContext>();

const NOBODY: Actor = { type: 'system', id: 'zakops' };

/** Runs `work` so that {@link currentCall} answers `context` inside it, also across awaits. */
export function runInCall<T>(context: CallContext, work: () => T): T {
  return storage.run(context, work);
}

/** The call being served, or undefined outside of one. */
export function currentCall(): CallContext | undefined {
  return storage.getStore();
}

/** A context for a call that nothing traced yet. */
export function newCall(actor?: Actor): CallContext {
  return { trace: nextSpan(undefined), correlationId: undefined, causationId: undefined, actor };
}

/** Who and what caused the change that is being written, from the current call. */
export function currentProvenance(): Provenance {
  const call = currentCall();
  return {
    actor: call?.actor ?? NOBODY,
    correlationId: call?.correlationId,
    causationId: call?.causationId,
    traceparent: call === undefined ? undefined : formatTraceparent(call.trace),
  };
}
