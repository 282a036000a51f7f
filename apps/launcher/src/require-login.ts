import { type LauncherConfig } from './launcher.config.js';
import { requireUsableFolder } from './require-usable-folder.js';
import { keepSessionSecret } from './session-secret.js';

/**
 * The settings that make API and worker require a login.
 *
 * @remarks Without a SESSION_SECRET of the user's, a secret is kept in the data folder, so that sessions outlive a restart.
 * @throws StartupError when the data folder or its secret cannot be used
 */
export function requireLogin({ env, dataDir }: LauncherConfig): NodeJS.ProcessEnv {
  const isGiven = [env['SESSION_SECRET'], env['SESSION_SECRET_FILE']].some((value) => value !== undefined && value.trim() !== '');
  if (isGiven) return { AUTH_REQUIRED: 'true' };
  requireUsableFolder(dataDir);
  return { AUTH_REQUIRED: 'true', SESSION_SECRET: keepSessionSecret(dataDir) };
}
