import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretsOf } from './secrets-of.js';

describe(secretsOf.name, () => {
  it('knows a password as it is written and as it is meant', () => {
    const url = 'postgresql://ann:hidden%2Dword@db/x';
    expect(secretsOf({ DATABASE_URL: url })).toEqual([url, 'hidden%2Dword', 'hidden-word']);
  });

  it('takes a password with a percent sign that encodes nothing', () => {
    expect(secretsOf({ DATABASE_URL: 'postgresql://ann:50%off@db/x' })).toContain('50%off');
  });

  it('knows what is in the file of a secret', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'secrets-of-'));
    const file = join(folder, 'database-url');
    await writeFile(file, 'postgresql://ann:hidden-word@db/x\n');
    expect(secretsOf({ DATABASE_URL_FILE: file })).toContain('hidden-word');
    await rm(folder, { recursive: true });
  });
});
