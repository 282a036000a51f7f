import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { sourceFiles } from './source-files.js';

/** What the product's own code does with headers and targets. */
export interface HeaderReaders {
  /** Files that read one. */
  readonly files: ReadonlySet<string>;
  /** File and line of each place that cuts one up by a method of texts. */
  readonly cuts: readonly string[];
}

const CUTS = new Set(['split', 'indexOf', 'lastIndexOf', 'startsWith', 'endsWith', 'slice', 'substring', 'substr', 'charAt', 'replaceAll']);
const GETTERS = new Set(['get', 'header']);
const REQUEST = /^(?:request|req|incoming|message)$/;
// What parameters of parsers are called.
const GIVEN = /^(?:header|cookie|cookies|authorization|origin|referer|ifMatch|ifNoneMatch|forwarded|accept|contentType)$/;

/** Finds them by the syntax alone: `request.headers.cookie`, `headers['x-a']`, `{ origin } = request.headers`, `request.url`. */
export function headerReaders(root: string): HeaderReaders {
  const files = new Set<string>();
  const cuts: string[] = [];
  for (const { path, source } of sourceFiles(root)) {
    const found = readersIn(ts.createSourceFile(path, source, ts.ScriptTarget.ES2023, true));
    if (found.reads) files.add(path);
    cuts.push(...found.cutAt.map((line) => `${path}:${String(line)}`));
  }
  return { files, cuts };
}

/** The same for one text. */
export function readersIn(file: ts.SourceFile): { readonly reads: boolean; readonly cutAt: readonly number[] } {
  const names = new Set<string>();
  const cutAt: number[] = [];
  let reads = false;
  const visit = (node: ts.Node): void => {
    if (isSource(node)) reads = true;
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined && holdsSource(node.initializer)) {
      reads = true;
      for (const name of namesOf(node.name)) names.add(name);
    }
    ts.forEachChild(node, visit);
  };
  const visitCuts = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && CUTS.has(node.expression.name.text)) {
      const of = node.expression.expression;
      const isNamed = ts.isIdentifier(of) && (names.has(of.text) || GIVEN.test(of.text));
      if (isNamed || isSource(of)) cutAt.push(file.getLineAndCharacterOfPosition(node.getStart()).line + 1);
    }
    ts.forEachChild(node, visitCuts);
  };
  visit(file);
  visitCuts(file);
  return { reads, cutAt };
}

function isSource(node: ts.Node): boolean {
  if (ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node)) return isSource(node.expression);
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    return ts.isPropertyAccessExpression(expression) && GETTERS.has(expression.name.text) && isRequest(expression.expression);
  }
  if (ts.isPropertyAccessExpression(node)) {
    const name = node.name.text;
    if (name === 'rawHeaders' || name === 'originalUrl') return true;
    return (name === 'url' && isRequest(node.expression)) || isHeaders(node.expression);
  }
  return ts.isElementAccessExpression(node) && isHeaders(node.expression);
}

/** Within `a ?? b`, `a as T` and the like, and as a whole in `{ cookie } = request.headers`; not within a call, whose answer is another value. */
function holdsSource(node: ts.Node): boolean {
  if (isSource(node) || isHeaders(node)) return true;
  if (ts.isBinaryExpression(node)) return holdsSource(node.left) || holdsSource(node.right);
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) return holdsSource(node.expression);
  if (ts.isConditionalExpression(node)) return holdsSource(node.whenTrue) || holdsSource(node.whenFalse);
  return false;
}

function isHeaders(node: ts.Node): boolean {
  if (ts.isIdentifier(node)) return node.text === 'headers';
  return ts.isPropertyAccessExpression(node) && node.name.text === 'headers' && isMessage(node.expression);
}

/** Of a request, or of the answer of another server. */
function isMessage(node: ts.Node): boolean {
  return isRequest(node) || (ts.isIdentifier(node) && /^(?:response|answer|upgrade)$/.test(node.text));
}

function isRequest(node: ts.Node): boolean {
  if (ts.isIdentifier(node)) return REQUEST.test(node.text);
  return ts.isPropertyAccessExpression(node) && REQUEST.test(node.name.text);
}

function namesOf(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []));
}

/** Reads a text as a source file. */
export function asFile(text: string): ts.SourceFile {
  return ts.createSourceFile('given.ts', text, ts.ScriptTarget.ES2023, true);
}

/** The rows of the table below a heading, as cells. */
export function tableBelow(markdown: string, heading: string): readonly (readonly string[])[] {
  const [, behind = ''] = markdown.split(`\n## ${heading}\n`);
  const [section = ''] = behind.split('\n## ');
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The repository's own documents. */
export function read(root: string, path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8');
}
