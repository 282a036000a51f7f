import { currentCall } from '#zakops/observability';

/** Makes an operator the actor of the current call, which began without one. */
export function actAs(email: string): void {
  const call = currentCall();
  if (call !== undefined) call.actor = { type: 'user', id: email };
}
