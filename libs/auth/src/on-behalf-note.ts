import { foldText } from '#zakops/kernel';
import type { Principal } from './principal.js';

/** The name that a caller gives for itself, when it is another one; the audit log keeps it as a note. */
export function onBehalfNote(claimed: string | null | undefined, principal: Principal): string | undefined {
  return claimed === undefined || claimed === null || foldText(claimed) === foldText(principal.email) ? undefined : claimed;
}
