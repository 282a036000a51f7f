import type { DomainError } from '#zakops/kernel';

const refusals = new WeakMap<object, DomainError>();

/** Notes why a request will be refused, so that the request log and the headers come first. The first reason stays. */
export function refuseLater(request: object, error: DomainError): void {
  if (!refusals.has(request)) refusals.set(request, error);
}

/** Why a request must be refused, if it must. */
export function refusalOf(request: object): DomainError | undefined {
  return refusals.get(request);
}
