import type pg from 'pg';
import type { RuntimeGrants } from '#zakops/database';
import type { Finding } from '../finding.js';
import { one } from './connect.js';

interface RoleRow {
  readonly role: string;
  readonly superuser: boolean;
  readonly creates: boolean;
  readonly there: boolean;
  readonly owns: boolean;
}

// The names are data and the privileges a list, so that one statement answers for every table there is and will be.
const MISSING = `
  SELECT coalesce(json_agg(format('%s on %s', privilege, name) ORDER BY name, privilege), '[]') AS missing
    FROM (
      SELECT key AS name, privilege FROM jsonb_each($1::jsonb) t, jsonb_array_elements_text(t.value) AS privilege
       WHERE to_regclass('zakops.' || quote_ident(key)) IS NOT NULL AND NOT has_table_privilege('zakops.' || quote_ident(key), privilege)
      UNION ALL
      SELECT name, 'USAGE' FROM jsonb_array_elements_text($2::jsonb) AS name
       WHERE to_regclass('zakops.' || quote_ident(name)) IS NOT NULL AND NOT has_sequence_privilege('zakops.' || quote_ident(name), 'USAGE')
      UNION ALL
      SELECT name, 'EXECUTE' FROM jsonb_array_elements_text($3::jsonb) AS name
       WHERE to_regprocedure('zakops.' || name) IS NOT NULL AND NOT has_function_privilege('zakops.' || name, 'EXECUTE')
    ) lacking`;

/** Whether the role may do what API and worker do, and no more. */
export async function checkRights(client: pg.Client, grants: RuntimeGrants): Promise<Finding> {
  const { role, superuser, creates, there, owns } = await one<RoleRow>(
    client,
    `SELECT rolname AS role, rolsuper AS superuser, rolcreaterole OR rolcreatedb AS creates,
            to_regnamespace('zakops') IS NOT NULL AS there,
            coalesce((SELECT pg_has_role(n.nspowner, 'MEMBER') OR has_schema_privilege(n.oid, 'CREATE')
                        FROM pg_namespace n WHERE n.nspname = 'zakops'), false) AS owns
       FROM pg_roles WHERE rolname = current_user`,
  );
  const measured = { role, superuser, can_change_schema: superuser || owns };
  if (!there)
    return {
      state: 'skipped',
      detail: `The role ${role} meets a database without schema zakops.`,
      advice: 'Run zakops migrate.',
      measured,
    };
  const grantIt = `Run zakops roles grant --role ${role}, as the owner of the schema.`;
  const usage = await one<{ may: boolean }>(client, `SELECT has_schema_privilege('zakops', 'USAGE') AS may`);
  if (!usage.may) return { state: 'failure', detail: `The role ${role} may not use schema zakops.`, advice: grantIt, measured };
  const { missing } = await one<{ missing: readonly string[] }>(client, MISSING, [
    JSON.stringify(grants.tables),
    JSON.stringify(grants.sequences),
    JSON.stringify(grants.functions),
  ]);
  if (missing.length > 0) {
    const some = `${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${String(missing.length - 3)} more` : ''}`;
    return { state: 'failure', detail: `The role ${role} lacks rights: ${some}.`, advice: grantIt, measured: { ...measured, missing } };
  }
  const separate =
    'Run API and worker with a role of their own (docs/database-roles.md): who gets hold of them could change what was written down.';
  if (superuser) return { state: 'warning', detail: `The role ${role} is a superuser: no grant limits it.`, advice: separate, measured };
  if (owns)
    return { state: 'warning', detail: `The role ${role} can change the schema, as only migrations should.`, advice: separate, measured };
  if (creates) return { state: 'warning', detail: `The role ${role} may create roles or databases.`, advice: separate, measured };
  return { state: 'ok', detail: `The role ${role} may do what API and worker do, and cannot change the schema.`, measured };
}
