import { editDistance } from './edit-distance.js';
import { KNOWN_NAMES } from './known-names.js';

/** A variable without effect whose name looks like that of a setting. */
export interface SuspiciousName {
  readonly env: string;
  /** The setting with the most similar name. */
  readonly meant: string | undefined;
  /** One sentence for the operator; without the value, which may be a secret. */
  readonly warning: string;
}

const OWN_PREFIX = 'ZAKOPS_';
// Shorter names are too similar to variables of shells and platforms.
const SHORTEST = 7;
const LONG = 10;
// Kubernetes sets these for a Service whose name begins with zakops: https://kubernetes.io/docs/concepts/services-networking/service
const OF_KUBERNETES = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/;

/**
 * Finds variables that look like misspelled settings: unknown names that begin with `ZAKOPS_`, and near misses of a known name.
 *
 * @param known - the names of the settings of all processes
 */
export function suspiciousNames(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[] = KNOWN_NAMES,
): readonly SuspiciousName[] {
  const names = new Set(known);
  return Object.keys(env)
    .filter((name) => !names.has(name) && !OF_KUBERNETES.test(name))
    .sort()
    .flatMap((name) => {
      const meant = nearest(name, known);
      if (meant === undefined && !name.startsWith(OWN_PREFIX)) return [];
      const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
      return [{ env: name, meant, warning: `${name} is set, but is no setting of ZakOps.${hint}` }];
    });
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = plainOf(name);
  let found: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    if (candidate.length < SHORTEST || candidate === 'HOSTNAME') continue;
    const most = candidate.length < LONG ? 1 : 2;
    // A name in another case, or without its underscores, counts as equal.
    const distance = plainOf(candidate) === plain ? 0 : editDistance(name.toUpperCase(), candidate, most);
    if (distance <= most && (found === undefined || distance < found.distance)) found = { name: candidate, distance };
  }
  return found?.name;
}

function plainOf(name: string): string {
  return name.toUpperCase().replaceAll(/[_-]/g, '');
}
