import { editDistance } from './edit-distance.js';
import { KNOWN_NAMES } from './known-names.js';

/** A variable that is set and means nothing here, although its name looks as if it should. */
export interface SuspiciousName {
  readonly env: string;
  /** The setting that was probably meant. */
  readonly meant: string | undefined;
  /** One sentence for the operator; without the value, which may be a secret. */
  readonly warning: string;
}

const OWN_PREFIX = 'ZAKOPS_';
// Shorter ones are too near to what shells and platforms set themselves.
const SHORTEST = 7;
const LONG = 10;
// Kubernetes sets these for a Service whose name begins with zakops: https://kubernetes.io/docs/concepts/services-networking/service
const OF_KUBERNETES = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/;

/**
 * Finds variables that were probably meant as settings: unknown ones that begin with `ZAKOPS_`, and near misses of a known name.
 *
 * @param known - every name of a setting, whichever process reads it
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
    // A name in other letters, or without its underscores, is as near as can be.
    const distance = plainOf(candidate) === plain ? 0 : editDistance(name.toUpperCase(), candidate, most);
    if (distance <= most && (found === undefined || distance < found.distance)) found = { name: candidate, distance };
  }
  return found?.name;
}

function plainOf(name: string): string {
  return name.toUpperCase().replaceAll(/[_-]/g, '');
}
