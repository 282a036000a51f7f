/** A metric in an expression, with the labels that are asked of it there. */
export interface UsedMetric {
  readonly name: string;
  readonly labels: readonly string[];
}

const SELECTOR = /\b((?:zakops)[a-z0-9_:]*)(?:\{([^}]*)\})?/g;

/** The metrics of this system in an expression: measured and recorded ones, without those of others, such as `up`. */
export function metricsIn(expression: string): readonly UsedMetric[] {
  // What stands in quotes is a value, and may look like anything.
  const bare = expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...bare.matchAll(SELECTOR)].map(([, name = '', selector = '']) => ({
    name,
    labels: [...selector.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }));
}
