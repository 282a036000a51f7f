import { createTestDatabase } from '#zakops/testing';
import { senderAddress } from '../src/domain/sender-address.js';

const LONGEST = `${'a'.repeat(308)}@example.com`;

describe(senderAddress.name, () => {
  it('reads the same address as the function of the database, and none of more than 320 characters', async () => {
    const expected = [
      ['Bo <Bo@Example.com>', 'bo@example.com'],
      [' BO@example.com ', 'bo@example.com'],
      ['Bo', null],
      ['Bo <bo>', null],
      [LONGEST, LONGEST],
      [`A <${LONGEST}>`, LONGEST],
      [`a${LONGEST}`, null],
      // 320 letters, two units of UTF-16 each but for the domain.
      [`${'𐐨'.repeat(308)}@example.com`, `${'𐐨'.repeat(308)}@example.com`],
    ] as const;
    const database = await createTestDatabase();
    try {
      const rows = await database.query<{ address: string | null }>(
        'SELECT zakops.sender_address(given) AS address FROM unnest($1::text[]) WITH ORDINALITY AS t(given, n) ORDER BY n',
        [expected.map(([given]) => given)],
      );
      expect(rows.map(({ address }) => address)).toEqual(expected.map(([, address]) => address));
      expect(expected.map(([given]) => senderAddress(given))).toEqual(expected.map(([, address]) => address));
    } finally {
      await database.drop();
    }
  });
});
