// What only the inside knows: source paths, stack lines, SQL, words of PostgreSQL and its driver, addresses with credentials.
const INSIDE =
  /(?:\/(?:home|root|work|usr|tmp|app|node_modules|dist)\/[\w./-]+|node:internal|\bat [\w.<>]+ \(.+:\d+:\d+\)|\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+\S+\s+(?:FROM|SET|WHERE|VALUES)\b|\bzakops\.[a-z_]+|postgres(?:ql)?:\/\/|\b(?:relation|column|constraint) "[^"]+"|syntax error at or near|violates \w+ constraint|invalid input syntax|QueryFailedError|TypeError|ReferenceError|Cannot read propert|is not a function|ECONNREFUSED)/gi;

/**
 * The internals and secrets that an answer shows; empty when it shows none.
 *
 * @param sent - everything the attacker sent: to hear it again is no leak
 */
export function leaksIn(text: string, sent: string, secrets: readonly string[]): readonly string[] {
  const told = (text.match(INSIDE) ?? []).filter((found) => !sent.includes(found));
  return [...told, ...secrets.filter((secret) => text.includes(secret)).map(() => 'a secret')];
}

/** What is wrong with the body of a refusal; empty when it is a problem as documented. */
export function problemFaults(status: number, mediaType: string | null, traceId: string | null, text: string): readonly string[] {
  if (mediaType?.startsWith('application/problem+json') !== true) return [`it is ${String(mediaType)}`];
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return ['it cannot be parsed'];
  }
  const missing = ['type', 'title', 'detail', 'instance', 'code'].filter((member) => typeof problem[member] !== 'string');
  return [
    ...missing.map((member) => `it has no ${member}`),
    ...(problem['status'] === status ? [] : ['its status is another one']),
    ...(problem['traceId'] === traceId ? [] : ['its trace id is another one']),
  ];
}
