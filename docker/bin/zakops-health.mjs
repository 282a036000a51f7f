#!/usr/bin/env node
// The health of what this container runs: exit code 0 or 1, and one line. The API is asked for /health; the worker, which has no port, is
// judged by its heartbeat (`zakops worker-health`); any other command has no health of its own and passes.
//
//   --ready            asks the API whether it is ready to serve (/api/health/ready) instead of whether it is alive
//   --end-when-stuck   kills a worker that had time to start and was unhealthy three times in a row, so that the restart policy of the
//                      container starts it again. Not at the first time: after the database was away the first look may come before the
//                      worker has written its next heartbeat. Engines other than Kubernetes leave an unhealthy container alone. Needs an
//                      init process (`init: true`): process 1 cannot be killed from inside.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIMIT_MS = 5_000;
// Until it is this old, a worker may still be judged by what the one before it, in the same container, has left behind.
const TIME_TO_START_SECONDS = 45;
const BAD_LOOKS = 3;

function programs() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: readCommand(name) }));
}

/** The words of a command line; none of a process that has ended meanwhile or belongs to somebody else. */
function readCommand(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Seconds since a process has begun; proc(5) counts its beginning in hundredths of a second since the machine was started. */
function ageOf(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [up] = readFileSync('/proc/uptime', 'utf8').split(' ');
  return Number(up) - Number(fields.split(' ')[19]) / 100;
}

/** Counts bad looks in a row from one run of this program to the next; true when they are enough, or cannot be counted. */
function isStuck(pid, isBad) {
  const file = join(tmpdir(), `zakops-worker-${pid}.bad-looks`);
  const looks = isBad ? readCount(file) + 1 : 0;
  try {
    if (looks > 0 && looks < BAD_LOOKS) writeFileSync(file, String(looks));
    // Whoever gets this number next begins anew.
    else rmSync(file, { force: true });
  } catch {
    return isBad;
  }
  return looks >= BAD_LOOKS;
}

function readCount(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

const isNode = (command) => command[0]?.endsWith('node');
const runs = (program) =>
  programs().find(
    ({ command }) => isNode(command) && command.some((word) => word.endsWith(`/${program}`) || word.endsWith(`/${program}.mjs`)),
  );

async function checkApi() {
  const path = process.argv.includes('--ready') ? '/api/health/ready' : '/health';
  const response = await fetch(`http://127.0.0.1:${process.env.PORT ?? '8000'}${path}`, { signal: AbortSignal.timeout(LIMIT_MS) });
  process.stdout.write(`${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
}

async function checkWorker(pid) {
  process.argv = [...process.argv.slice(0, 2), 'worker-health'];
  if (endWhenStuck && ageOf(pid) > TIME_TO_START_SECONDS) {
    process.once('exit', (code) => {
      if (isStuck(pid, code !== 0)) process.kill(pid, 'SIGKILL');
    });
  }
  await import('../dist/apps/cli/src/main.js');
}

const endWhenStuck = process.argv.includes('--end-when-stuck');
const worker = runs('zakops-worker');
if (worker !== undefined) await checkWorker(worker.pid);
else if (runs('zakops-api') === undefined) process.stdout.write('no API and no worker here\n');
else {
  await checkApi().catch((error) => {
    process.stdout.write(`the API does not answer: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
