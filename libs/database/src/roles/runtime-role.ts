import { connectClient } from '#zakops/postgres';
import pg from 'pg';
import { withMigrationLock } from '../migrations/migration-lock.js';

const WAIT_FOR_OTHERS_MS = 60_000;
const { escapeIdentifier } = pg;

/** A right to rows of a table. */
export type TablePrivilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** What a run-time role may do in schema `zakops`. */
export interface RuntimeGrants {
  readonly tables: Readonly<Record<string, readonly TablePrivilege[]>>;
  readonly sequences: readonly string[];
  /** Functions that not everybody may call, each with its argument types: `purge_events(interval, integer)`. */
  readonly functions: readonly string[];
}

/** The role cannot be the one that processes run with. */
export class RuntimeRoleError extends Error {
  constructor(role: string, reason: string) {
    super(`The role "${role}" ${reason}.`);
    this.name = 'RuntimeRoleError';
  }
}

/**
 * Gives a role what processes need at run time, and takes away what else it was given in schema `zakops`.
 *
 * @remarks One transaction, safe to repeat, and safe while processes run. Tables that a later migration makes can be read and written
 * until {@link renewRuntimeGrants} narrows that.
 * @param url - connects as the owner of the schema, the migration role
 * @throws RuntimeRoleError when there is no such role, or it has rights that no grant takes away
 */
export async function grantRuntimeRole(url: string, role: string, grants: RuntimeGrants): Promise<void> {
  await asOwner(url, (client) => grant(client, role, grants));
}

/**
 * Does what {@link grantRuntimeRole} does, for every role that it was done for before: after migrations, which may have made tables.
 *
 * @returns the names of the roles
 */
export async function renewRuntimeGrants(url: string, grants: RuntimeGrants): Promise<readonly string[]> {
  return asOwner(url, async (client) => {
    const { rows } = await client.query<{ role: string }>(
      `SELECT DISTINCT pg_get_userbyid(acl.grantee) AS role
         FROM pg_default_acl d CROSS JOIN aclexplode(d.defaclacl) acl
        WHERE d.defaclnamespace = to_regnamespace('zakops') AND d.defaclrole = to_regrole(quote_ident(current_user))
          AND acl.grantee NOT IN (0, d.defaclrole) ORDER BY 1`,
    );
    const roles = rows.map(({ role }) => role);
    for (const role of roles) await grant(client, role, grants);
    return roles;
  });
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  // Two at once would change the same rows of the catalogue, and one of them would fail.
  return withMigrationLock(url, WAIT_FOR_OTHERS_MS, async () => {
    const client = await connectClient(url, { application_name: 'zakops-roles', connectionTimeoutMillis: 10_000 });
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  });
}

async function grant(client: pg.Client, role: string, grants: RuntimeGrants): Promise<void> {
  await requireRuntimeRole(client, role);
  const to = escapeIdentifier(role);
  const tables = Object.entries(grants.tables).map(
    ([table, privileges]) => `GRANT ${privileges.join(', ')} ON zakops.${escapeIdentifier(table)} TO ${to};`,
  );
  const sequences = grants.sequences.map((sequence) => `GRANT USAGE, SELECT ON SEQUENCE zakops.${escapeIdentifier(sequence)} TO ${to};`);
  const functions = grants.functions.map((signature) => `GRANT EXECUTE ON FUNCTION zakops.${signature} TO ${to};`);
  // Several statements in one message are one transaction.
  await client.query(`
    REVOKE ALL ON SCHEMA zakops FROM ${to};
    REVOKE ALL ON ALL TABLES IN SCHEMA zakops FROM ${to};
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA zakops FROM ${to};
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA zakops FROM ${to};
    GRANT USAGE ON SCHEMA zakops TO ${to};
    ${tables.join('\n')}
    ${sequences.join('\n')}
    ${functions.join('\n')}
    ALTER DEFAULT PRIVILEGES IN SCHEMA zakops GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${to};
    ALTER DEFAULT PRIVILEGES IN SCHEMA zakops GRANT USAGE, SELECT ON SEQUENCES TO ${to};`);
}

async function requireRuntimeRole(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ superuser: boolean; creates: boolean; owns: boolean }>(
    `SELECT rolsuper AS superuser, rolcreaterole OR rolcreatedb AS creates,
            pg_has_role(r.oid, n.nspowner, 'MEMBER') OR EXISTS (
              SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owns
       FROM pg_roles r, pg_namespace n WHERE r.rolname = $1 AND n.nspname = 'zakops'`,
    [role],
  );
  const [found] = rows;
  if (found === undefined)
    throw new RuntimeRoleError(role, 'does not exist, or the schema does not: create it with CREATE ROLE, and migrate first');
  if (found.superuser) throw new RuntimeRoleError(role, 'is a superuser: no grant limits what it may do');
  if (found.owns) throw new RuntimeRoleError(role, 'owns the schema or is a member of its owner: the run-time role must be another one');
  if (found.creates) throw new RuntimeRoleError(role, 'may create roles or databases: take CREATEROLE and CREATEDB away first');
}
