import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepSessionSecret } from './session-secret.js';

describe(keepSessionSecret.name, () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zakops-secret-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes a secret once, readable for its owner only, and gives the same from then on', () => {
    const secret = keepSessionSecret(folder);
    expect(Buffer.byteLength(secret)).toBe(64);
    expect(keepSessionSecret(folder)).toBe(secret);
    const file = join(folder, 'session-secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe(secret);
    expect(readdirSync(folder)).toEqual(['session-secret']);
  });

  it('closes a file that others can read', () => {
    const secret = keepSessionSecret(folder);
    chmodSync(join(folder, 'session-secret'), 0o644);
    expect(keepSessionSecret(folder)).toBe(secret);
    expect(statSync(join(folder, 'session-secret')).mode & 0o777).toBe(0o600);
  });

  it('refuses a file that holds something else, without showing it', () => {
    writeFileSync(join(folder, 'session-secret'), 'short');
    expect(() => keepSessionSecret(folder)).toThrow(/^The file .*session-secret holds no secret of ours/);
  });
});
