/** The one spelling of an e-mail address, under which an operator is stored and found. */
export function normaliseEmail(given: string): string {
  return given.trim().normalize('NFC').toLowerCase();
}
