import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8_192;

const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

/**
 * Random hex digits for ids. They come from the system's generator in large portions, because one call per id costs more than the id.
 *
 * @param byteCount - at most 64; two digits each
 * @returns lower case; no byte is used twice. Not for secrets, because the bytes of later ids are in memory already
 */
export function randomIdHex(byteCount: number): string {
  if (used + byteCount > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + byteCount);
  used += byteCount;
  return hex;
}
