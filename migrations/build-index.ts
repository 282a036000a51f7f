/** A connection outside of a transaction. */
interface Connection {
  query(sql: string): Promise<unknown>;
}

/** Builds an index while others write. It can be repeated when it was cut off. */
export async function buildIndex(connection: Connection, name: string, on: string, { unique = false } = {}): Promise<void> {
  // One that was cut off is there and is not valid.
  await connection.query(`DROP INDEX CONCURRENTLY IF EXISTS zakops.${name}`);
  await connection.query(`CREATE ${unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${on}`);
}
