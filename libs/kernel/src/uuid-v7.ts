import { randomFillSync } from 'node:crypto';

const RANDOM_BYTES = 16;
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
  const bytes = randomFillSync(Buffer.allocUnsafe(RANDOM_BYTES));
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
