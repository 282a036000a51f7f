/**
 * Keeps SIGUSR1 from opening Node's inspector in production: any user of this host could connect to it and run code in the process.
 *
 * @remarks A listener takes the place of Node's own handler. Not the flag `--disable-sigusr1`, which Node 20 does not know. Elsewhere than in
 * production the signal goes on opening the inspector, for debugging.
 */
export function keepInspectorClosed(appEnv: string): void {
  if (appEnv === 'production' || appEnv === 'staging') process.on('SIGUSR1', () => undefined);
}
