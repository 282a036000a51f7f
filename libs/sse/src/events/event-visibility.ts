import { EVENT_TYPES, eventCatalogue } from '#zakops/contracts';
import type { EventDefinition } from '#zakops/contracts';
import { PERMISSIONS, ROLE_SCOPES } from '#zakops/auth';
import type { Permission, Scope } from '#zakops/auth';

const EVERYTHING: ReadonlySet<Scope> = ROLE_SCOPES.admin;

/**
 * A type that this build does not know may be about anything: a newer build published it. Only who may look after the system sees it, until
 * this process is replaced too.
 */
const UNKNOWN_TYPE: Permission = 'admin:system';

const known = new WeakMap<ReadonlySet<Scope>, EventVisibility>();

/** Which types of events a principal may see: those whose permission it holds. */
export class EventVisibility {
  /** The types; undefined when nothing is hidden. */
  readonly types: readonly string[] | undefined;
  /** The same text where the same types may be seen. */
  readonly key: string;
  readonly #types: ReadonlySet<string> | undefined;

  private constructor(scopes: ReadonlySet<Scope>) {
    const visible = EVENT_TYPES.filter((type) => scopes.has(permissionOf(type)));
    const all = visible.length === EVENT_TYPES.length && scopes.has(UNKNOWN_TYPE);
    this.types = all ? undefined : visible;
    this.#types = all ? undefined : new Set(visible);
    this.key = all ? '*' : visible.join(',');
  }

  /** For a set of scopes; worked out once for each. */
  static of(scopes: ReadonlySet<Scope>): EventVisibility {
    let visibility = known.get(scopes);
    if (visibility === undefined) known.set(scopes, (visibility = new EventVisibility(scopes)));
    return visibility;
  }

  /** Of those who may see everything. */
  static get everything(): EventVisibility {
    return EventVisibility.of(EVERYTHING);
  }

  shows(type: string): boolean {
    return this.#types === undefined || this.#types.has(type);
  }
}

function permissionOf(type: (typeof EVENT_TYPES)[number]): Permission {
  const definition: EventDefinition = eventCatalogue[type];
  const permission = PERMISSIONS.find((one) => one === definition.permission);
  if (permission === undefined) throw new Error(`The permission of ${type} in the catalogue is none of ours.`);
  return permission;
}
