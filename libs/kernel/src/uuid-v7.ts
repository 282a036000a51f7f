import { randomIdHex } from './random-id-hex.js';

const COUNTER_BITS = 12;
const MAX_COUNTER = (1 << COUNTER_BITS) - 1;

let lastMs = 0;
let counter = 0;

/**
 * Makes a UUID version 7: 48 bits of milliseconds, a 12-bit counter, 62 random bits.
 *
 * @remarks Ids made by one process are strictly increasing, also inside one millisecond and when the clock steps back, so that
 * they stay close together in a B-tree. Ids of different processes are only roughly in order: order events by position.
 * @param nowMs - milliseconds since the epoch; the machine's clock by default
 * @returns 36 characters, lower case
 * @see RFC 9562 section 5.7, and section 6.2 method 1 for the counter
 */
export function uuidV7(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (counter < MAX_COUNTER) {
    counter += 1;
  } else {
    // More than 4,096 ids in one millisecond: borrow from the next one, as the RFC allows.
    lastMs += 1;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const random = randomIdHex(8);
  // The two bits of the variant, 10, and two random ones.
  const variant = ((parseInt(random.charAt(0), 16) & 0x3) | 0x8).toString(16);
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
}
