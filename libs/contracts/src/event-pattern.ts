const PATTERN = /^(?:\*|[a-z_]+\.(?:\*|[a-z_]+))$/;

/** Tells whether a text is a type (`deal.created`), a family (`deal.*`) or everything (`*`). */
export function isEventPattern(text: string): boolean {
  return PATTERN.test(text);
}

/** Tells whether a type is meant by a pattern such as `deal.*`. */
export function matchesEventPattern(pattern: string, type: string): boolean {
  if (pattern === '*') return true;
  if (pattern.endsWith('.*')) return type.startsWith(pattern.slice(0, -1));
  return pattern === type;
}

/** The same rule as a regular expression that PostgreSQL understands, for several patterns at once. */
export function eventPatternsToRegex(patterns: readonly string[]): string {
  const alternatives = patterns.map((pattern) => {
    if (pattern === '*') return '.*';
    const escaped = pattern.replaceAll('.', '\\.');
    return escaped.endsWith('*') ? `${escaped.slice(0, -1)}.*` : escaped;
  });
  return `^(?:${alternatives.join('|')})$`;
}
