import { readdir, readFile } from 'node:fs/promises';

// USER_HZ of Linux; the kernel counts CPU time in these units for everybody.
const TICKS_PER_SECOND = 100;

/** CPU seconds that processes have used so far, with children that have ended. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const ticks = await Promise.all(pids.map(ticksOf));
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** A process and everything below it. */
export async function withChildren(pid: number): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = await statOf(Number(name));
    if (fields !== undefined) parents.set(Number(name), Number(fields[1]));
  }
  const found = [pid];
  for (const parent of found) for (const [child, by] of parents) if (by === parent) found.push(child);
  return found;
}

/** Resident memory in MiB. */
export async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** The parent of a process. */
export async function parentOf(pid: number): Promise<number> {
  return Number((await statOf(pid))?.[1]);
}

async function ticksOf(pid: number): Promise<number> {
  const fields = (await statOf(pid)) ?? [];
  // utime, stime, cutime, cstime: fields 14 to 17 of the file, counted from the state that follows the name.
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0);
}

/** What follows the name in /proc/<pid>/stat; undefined when the process is gone. */
async function statOf(pid: number): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}
