/** One Ctrl-C may come twice: from the terminal, and passed on by npm. */
const ECHO_MS = 700;

/** The first SIGINT, SIGTERM or SIGHUP asks to stop, the next one to hurry. */
export function onStopSignals(): { stop: AbortSignal; hurry: AbortSignal } {
  const stop = new AbortController();
  const hurry = new AbortController();
  let firstAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        firstAt = Date.now();
        stop.abort();
      } else if (Date.now() - firstAt > ECHO_MS) {
        hurry.abort();
      }
    });
  }
  return { stop: stop.signal, hurry: hurry.signal };
}
