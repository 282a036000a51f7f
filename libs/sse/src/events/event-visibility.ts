import { EVENT_TYPES, eventCatalogue } from '#zakops/contracts';
import type { EventDefinition } from '#zakops/contracts';
import { PERMISSIONS, SCOPES } from '#zakops/auth';
import type { Permission, Scope } from '#zakops/auth';

/**
 * A newer build may publish a type that this build does not know, about anything. Until this process is replaced, only those who look after
 * the system see it.
 */
const UNKNOWN_TYPE: Permission = 'admin:system';

const PERMISSION_OF: ReadonlyMap<string, Permission> = new Map(EVENT_TYPES.map((type) => [type, permissionOf(type)]));

/** Which types of events a principal may see: those whose permission it holds. */
export class EventVisibility {
  /** The visible types; undefined when nothing is hidden. */
  readonly types: readonly string[] | undefined;
  /** The same text where the same types may be seen. */
  readonly key: string;

  constructor(private readonly scopes: ReadonlySet<Scope>) {
    const visible = EVENT_TYPES.filter((type) => scopes.has(permissionOf(type)));
    const seesAll = visible.length === EVENT_TYPES.length && scopes.has(UNKNOWN_TYPE);
    this.types = seesAll ? undefined : visible;
    this.key = seesAll ? '*' : visible.join(',');
  }

  /** For readers who may see every event. */
  static get everything(): EventVisibility {
    return new EventVisibility(new Set(SCOPES));
  }

  shows(type: string): boolean {
    if (this.types === undefined) return true;
    const permission = PERMISSION_OF.get(type);
    return permission !== undefined && this.scopes.has(permission);
  }
}

function permissionOf(type: (typeof EVENT_TYPES)[number]): Permission {
  const definition: EventDefinition = eventCatalogue[type];
  const permission = PERMISSIONS.find((one) => one === definition.permission);
  if (permission === undefined) throw new Error(`The catalogue gives ${type} a permission that does not exist.`);
  return permission;
}
