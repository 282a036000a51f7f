import ts from 'typescript';
import { sourceFiles } from './source-files.js';

/** One regular expression of the product, where it stands. */
export interface FoundPattern {
  /** File and line. */
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression that is written down in the product's own code. */
export function patternsOfTheProduct(root: string): { readonly patterns: readonly FoundPattern[]; readonly built: readonly string[] } {
  const patterns: FoundPattern[] = [];
  const built: string[] = [];
  for (const { path, source: text } of sourceFiles(root)) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
    const visit = (node: ts.Node): void => {
      const where = `${path}:${String(source.getLineAndCharacterOfPosition(node.getStart()).line + 1)}`;
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/');
        patterns.push({ where, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
      }
      const isMade =
        (ts.isNewExpression(node) || ts.isCallExpression(node)) && ts.isIdentifier(node.expression) && node.expression.text === 'RegExp';
      if (isMade) built.push(where);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { patterns, built };
}

/** Long inputs made of what the pattern itself is about, that almost match: where backtracking begins. */
export function attacksOn({ source }: FoundPattern, length: number): readonly string[] {
  const plain = source.replaceAll(/\\[dws]|\\u\{?[0-9a-f]+\}?|\\p\{\w+\}/gi, '').replaceAll(/[\\^$|?*+()[\]{}]/g, '');
  const letters = [...new Set(Array.from(`${plain}aA0 -._/:@%,="\t\n\u0000\u00e9`))];
  const words = [...source.matchAll(/[\w/:@.-]{2,}/g)].map(([word]) => word);
  const units = [
    ...letters,
    ...letters.slice(0, 12).flatMap((a) => letters.slice(0, 12).map((b) => a + b)),
    ...words,
    ...words.map((word) => ` ${word} `),
  ];
  const ends = ['', '!', '\u0000', '\n'];
  return units.flatMap((unit) => ends.map((end) => unit.repeat(Math.ceil(length / unit.length)) + end));
}
