import { readFileSync } from 'node:fs';

/** The blocks of a document that are marked with `<!-- tested: name -->`, as somebody would copy them. */
export function testedBlocks(path: string): ReadonlyMap<string, string> {
  const text = readFileSync(path, 'utf8');
  const found = text.matchAll(/^( *)<!-- tested: ([\w-]+) -->\n\n *```\w+\n(.*?)^ *```$/gms);
  return new Map([...found].map(([, indent = '', name = '', block = '']) => [name, block.replaceAll(new RegExp(`^${indent}`, 'gm'), '')]));
}
