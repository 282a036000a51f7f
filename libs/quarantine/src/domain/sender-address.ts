import { foldText } from '#zakops/kernel';

const IN_BRACKETS = /<([^<>]+)>/;
// At most 64 for the mailbox, the @ and 255 for the domain. Unicode mode counts characters, as SQL does.
const ADDRESS = /^(?=.{1,320}$)[^\s@<>]+@[^\s@<>]+$/u;

/**
 * The address of a sender, folded; null when there is none of at most 320 characters. `zakops.sender_address` reads the same.
 *
 * @param sender - `Bo Broker <bo@example.com>` or `bo@example.com`
 */
export function senderAddress(sender: string | null): string | null {
  if (sender === null) return null;
  const address = foldText((IN_BRACKETS.exec(sender)?.[1] ?? sender).trim());
  return ADDRESS.test(address) ? address : null;
}

/** The part of an address behind its `@`. */
export function domainOf(address: string): string {
  return address.slice(address.indexOf('@') + 1);
}
