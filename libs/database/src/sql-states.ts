/**
 * What an SQLSTATE means for the caller.
 *
 * - `unavailable`: this server, or this connection to it, cannot do it now; another one may. 503, and the connection is thrown away.
 * - `timeout`: it took too long, or another session holds what was asked for. 503.
 * - `conflict`: others changed the same rows at the same time. Run again, then 503.
 * - `duplicate`: a value that must be unique is taken. 409, unless a repository says it better.
 * - `limit`: a value is larger than the server can hold. 413.
 * - `fault`: a statement of ours is wrong. 500.
 */
export type SqlStateMeaning = 'unavailable' | 'timeout' | 'conflict' | 'duplicate' | 'limit' | 'fault';

/** All classes of PostgreSQL 18. */
const CLASSES: Readonly<Record<string, SqlStateMeaning>> = {
  '00': 'fault', // successful completion
  '01': 'fault', // warning
  '02': 'fault', // no data
  '03': 'fault', // SQL statement not yet complete
  '08': 'unavailable', // connection exception
  '09': 'fault', // triggered action exception
  '0A': 'fault', // feature not supported
  '0B': 'fault', // invalid transaction initiation
  '0F': 'fault', // locator exception
  '0L': 'fault', // invalid grantor
  '0P': 'fault', // invalid role specification
  '0Z': 'fault', // diagnostics exception
  '10': 'fault', // XQuery error
  '20': 'fault', // case not found
  '21': 'fault', // cardinality violation
  '22': 'fault', // data exception
  '23': 'fault', // integrity constraint violation
  '24': 'fault', // invalid cursor state
  '25': 'fault', // invalid transaction state
  '26': 'fault', // invalid SQL statement name
  '27': 'fault', // triggered data change violation
  '28': 'unavailable', // invalid authorization: the password of the role was changed
  '2B': 'fault', // dependent privilege descriptors still exist
  '2D': 'fault', // invalid transaction termination
  '2F': 'fault', // SQL routine exception
  '34': 'fault', // invalid cursor name
  '38': 'fault', // external routine exception
  '39': 'fault', // external routine invocation exception
  '3B': 'fault', // savepoint exception
  '3D': 'unavailable', // invalid catalog name: the database is being restored under this name
  '3F': 'fault', // invalid schema name
  '40': 'conflict', // transaction rollback
  '42': 'fault', // syntax error or access rule violation
  '44': 'fault', // WITH CHECK OPTION violation
  '53': 'unavailable', // insufficient resources: connections, memory, disk
  '54': 'fault', // program limit exceeded
  '55': 'fault', // object not in prerequisite state
  '57': 'unavailable', // operator intervention
  '58': 'unavailable', // system error: the disk of the server, for example
  '72': 'conflict', // snapshot failure
  F0: 'unavailable', // configuration file error
  HV: 'fault', // foreign data wrapper error
  P0: 'fault', // PL/pgSQL error
  XX: 'fault', // internal error
};

/** Where one state means something other than its class. */
const STATES: Readonly<Record<string, SqlStateMeaning>> = {
  '23505': 'duplicate', // unique violation
  '23P01': 'duplicate', // exclusion violation
  '25006': 'unavailable', // read-only transaction: a standby, or a server that was taken out of writing
  '25P03': 'timeout', // idle in transaction for too long
  '25P04': 'timeout', // transaction for too long
  '40002': 'fault', // a constraint that is checked at the commit
  '40003': 'unavailable', // statement completion unknown
  '54000': 'limit', // the value of an index, for example
  '55006': 'unavailable', // object in use: the database is being copied
  '55P03': 'timeout', // lock not available
  '57014': 'timeout', // query canceled
};

/** A server that takes no writes: another one may by now. */
export const READ_ONLY = '25006';

/** What a code means; undefined for one that is no SQLSTATE. */
export function meaningOf(code: string | undefined): SqlStateMeaning | undefined {
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return undefined;
  return STATES[code] ?? CLASSES[code.slice(0, 2)] ?? 'fault';
}
