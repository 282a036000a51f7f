/** The host and port of a request, as RFC 3986 (3.2) reads them. */
export interface Authority {
  /** In lower case, without a dot at its end; an IPv6 address stands in brackets, in its shortest form. */
  readonly name: string;
  /** Undefined when none is given. */
  readonly port: number | undefined;
}

// uri-host [ ":" port ] (RFC 9110, 7.2). No user information: what stands before an `@` would hide the host.
const AUTHORITY = /^(?<host>\[[0-9a-f:.]+\]|[\w\-.~%!$&'()*+,;=]+)(?::(?<port>\d{0,5}))?$/i;

/** Reads an authority; undefined when it is none. `LOCALHOST.`, `127.1` and `[0:0::1]` are read as what they stand for. */
export function parseAuthority(text: string): Authority | undefined {
  const { host, port = '' } = AUTHORITY.exec(text)?.groups ?? {};
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined;
  const number = port === '' ? undefined : Number(port);
  if (number !== undefined && number > 65_535) return undefined;
  return { name: new URL(`http://${host}`).hostname.replace(/\.$/, ''), port: number };
}
