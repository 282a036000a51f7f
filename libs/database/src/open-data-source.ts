import { refusesStartupParameters, SETTINGS_MARK } from '#zakops/postgres';
import type { DataSource } from 'typeorm';
import { dropDispensable, limitsOf } from './data-source-options.js';
import type { Dispensable } from './data-source-options.js';
import { settingsOfTransactions } from './session-settings.js';
import type { TransactionSettings } from './session-settings.js';

/**
 * Opens a pool whose sessions have the settings that this system takes for granted. Behind a pooler that refuses them, or takes them and
 * forgets them, every transaction sets them for itself.
 *
 * @param onRefused - called with each thing that a pooler refused
 * @returns what each transaction has to set; undefined when sessions keep their settings
 * @throws Error of the driver when the server cannot be reached
 */
export async function openDataSource(
  dataSource: DataSource,
  onRefused: (what: Dispensable) => void = () => undefined,
): Promise<TransactionSettings | undefined> {
  // Before anything is taken out.
  const limits = limitsOf((dataSource.options as unknown as { readonly extra: Record<string, unknown> }).extra);
  for (;;) {
    try {
      await dataSource.initialize();
      break;
    } catch (error) {
      const refused = refusesStartupParameters(error) ? dropDispensable(dataSource.options) : undefined;
      if (refused === undefined) throw error;
      onRefused(refused);
    }
  }
  const rows: unknown = await dataSource.query(`SELECT current_setting('${SETTINGS_MARK}', true) AS mark`);
  const [row] = rows as { readonly mark: string | null }[];
  return row?.mark === 'fixed' ? undefined : settingsOfTransactions(limits);
}
