import { currentCall } from '#zakops/observability';

/** Names the operator in what the current call writes, from here on: a call that logs somebody in begins without a name. */
export function actAs(email: string): void {
  const call = currentCall();
  if (call !== undefined) call.actor = { type: 'user', id: email };
}
