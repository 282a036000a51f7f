import type { RuntimeConfig } from '#zakops/config';
import { Logger } from '@nestjs/common';
import { lstat, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeartbeatFile } from './heartbeat-file.js';
import type { ProcessHeartbeat } from './process-heartbeat.js';

describe(HeartbeatFile.name, () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heartbeat-file-'));
    path = join(folder, 'heartbeat');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const setup = (heartbeat: { idleMs: number }): HeartbeatFile =>
    new HeartbeatFile({ workerHeartbeatFile: path } as RuntimeConfig, heartbeat as ProcessHeartbeat);
  const mode = async (): Promise<string> => ((await lstat(path)).mode & 0o777).toString(8);
  const gone = (): Promise<boolean> =>
    lstat(path).then(
      () => false,
      () => true,
    );

  it.each([0, 30_000])('is as old as the last turn of the main loop: %d ms', async (idleMs) => {
    const sut = setup({ idleMs });
    const before = Date.now();
    await sut.begin();
    const turnAt = (await lstat(path)).mtimeMs + idleMs;
    expect(turnAt).toBeGreaterThanOrEqual(before - 1);
    expect(turnAt).toBeLessThanOrEqual(Date.now() + 1);
    expect(await mode()).toBe('644');
    await sut.onApplicationShutdown();
    expect(await gone()).toBe(true);
  });

  it('removes what a killed process has left behind', async () => {
    await writeFile(path, '');
    await setup({ idleMs: 0 }).onModuleInit();
    expect(await gone()).toBe(true);
  });

  it('follows no link', async () => {
    const complaint = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const precious = join(folder, 'precious');
    await writeFile(precious, 'kept');
    await symlink(precious, path);
    const { mtimeMs } = await lstat(precious);
    const sut = setup({ idleMs: 60_000 });
    await sut.begin();
    expect([await readFile(precious, 'utf8'), (await lstat(precious)).mtimeMs]).toEqual(['kept', mtimeMs]);
    await sut.onApplicationShutdown();
    expect(complaint).toHaveBeenCalledTimes(1);
    complaint.mockRestore();
  });

  it('does nothing when no file is named', async () => {
    const sut = new HeartbeatFile({ workerHeartbeatFile: undefined } as RuntimeConfig, { idleMs: 0 } as ProcessHeartbeat);
    await sut.onModuleInit();
    await sut.begin();
    await sut.onApplicationShutdown();
    expect(await gone()).toBe(true);
  });
});
