import { join } from 'node:path';
import ts from 'typescript';
import type { Manifest } from './manifests.js';
import { modelModule } from './model-module.js';

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};
const FILE = join(process.cwd(), 'test/manifests/manifests-as-literals.ts');

/**
 * Fields that no type of Kubernetes has, at any depth, and values of a wrong type: the sentences about each manifest.
 *
 * @remarks The schemas let every further field pass, as a server does. The compiler does not: an object literal may only have properties that
 * its type declares. So each manifest is compiled as a literal of its type.
 */
export function unknownFields(manifests: readonly Manifest[]): readonly (readonly string[])[] {
  const lines = manifests.flatMap((manifest, index) => [
    `import type { I${manifest.kind} as T${index} } from '${modelModule(manifest)}';`,
    `export const m${index}: T${index} = ${JSON.stringify(manifest)};`,
  ]);
  const source = ts.createSourceFile(FILE, lines.join('\n'), ts.ScriptTarget.ES2023);
  const host = ts.createCompilerHost(OPTIONS);
  const program = ts.createProgram([FILE], OPTIONS, {
    ...host,
    fileExists: (path) => path === FILE || host.fileExists(path),
    readFile: (path) => (path === FILE ? source.text : host.readFile(path)),
    getSourceFile: (path, ...rest) => (path === FILE ? source : host.getSourceFile(path, ...rest)),
  });
  const problems = manifests.map<string[]>(() => []);
  for (const { start, messageText } of ts.getPreEmitDiagnostics(program)) {
    const line = source.getLineAndCharacterOfPosition(start ?? 0).line;
    // Two lines each: the import of the type, and the literal.
    const index = Math.floor(line / 2);
    problems[index]?.push(`${manifests[index]?.kind ?? '?'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  }
  return problems;
}
