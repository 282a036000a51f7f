import type { Operation } from './call-rules.js';

/**
 * Moves examples of optional parameters into their descriptions.
 *
 * @remarks A documents page fills a form with examples, and "Try it out" would send them all: filters that nobody asked for.
 */
export function optionalExamplesInWords(operation: Operation): void {
  for (const parameter of operation.parameters ?? []) {
    if ('$ref' in parameter || parameter.required === true) continue;
    const schema = parameter.schema !== undefined && !('$ref' in parameter.schema) ? parameter.schema : undefined;
    const example: unknown = parameter.example ?? schema?.example;
    delete parameter.example;
    if (schema !== undefined) delete schema.example;
    if (example !== undefined)
      parameter.description = [parameter.description, `For example \`${textOf(example)}\`.`].filter(Boolean).join(' ');
  }
}

function textOf(example: unknown): string {
  return typeof example === 'string' ? example : JSON.stringify(example);
}
