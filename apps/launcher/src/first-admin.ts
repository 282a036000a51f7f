/** What came of asking for a first administrator. */
export type FirstAdmin = { readonly email: string; readonly password: string } | 'exists';

/**
 * Reads what `operators first-admin` printed.
 *
 * @returns undefined when it printed nothing of the kind
 */
export function readFirstAdmin(lines: readonly string[]): FirstAdmin | undefined {
  for (const line of lines) {
    const answer = parse(line);
    if (answer?.['created'] === false) return 'exists';
    const { email, password } = answer ?? {};
    if (typeof email === 'string' && typeof password === 'string') return { email, password };
  }
  return undefined;
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
