/**
 * Loaded into every child with `--import`: ends the child when the launcher is gone, also after kill -9.
 *
 * The launcher holds the other end of an IPC channel, which the kernel closes with the process. First a SIGTERM to
 * ourselves, so that the program stops as it always does; then, as nobody is left to wait for it, by force.
 */
const LAST_RESORT_MS = 10_000;

function stopSelf(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_RESORT_MS).unref();
  process.kill(process.pid, 'SIGTERM');
}

if (process.connected) {
  process.once('disconnect', stopSelf);
  // Listening must not keep a program alive that has nothing else to do.
  process.channel?.unref();
} else {
  stopSelf();
}

export {};
