const PATTERN = /^(?:\*|[a-z_]+\.(?:\*|[a-z_]+))$/;

/** True for a type (`deal.created`), a family (`deal.*`) or everything (`*`). */
export function isEventPattern(text: string): boolean {
  return PATTERN.test(text);
}

/** True when a type fits a pattern such as `deal.*`. */
export function matchesEventPattern(pattern: string, type: string): boolean {
  if (pattern === '*') return true;
  if (pattern.endsWith('.*')) return type.startsWith(pattern.slice(0, -1));
  return pattern === type;
}

/** The same rule for several patterns, as a regular expression for PostgreSQL. */
export function eventPatternsToRegex(patterns: readonly string[]): string {
  const alternatives = patterns.map((pattern) => {
    if (pattern === '*') return '.*';
    const escaped = pattern.replaceAll('.', '\\.');
    return escaped.endsWith('*') ? `${escaped.slice(0, -1)}.*` : escaped;
  });
  return `^(?:${alternatives.join('|')})$`;
}
