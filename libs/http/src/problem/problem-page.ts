import { PROBLEM_CODES } from './problem-codes.js';
import type { ProblemCode } from './problem-codes.js';
import { PROBLEM_HELP } from './problem-help.js';

const PREFIX = '/problems/';

/** The `type` of a problem: a page of this server says what it means. */
export function problemType(code: string): string {
  return PREFIX + code.toLowerCase().replaceAll('_', '-');
}

/** True for the paths of such pages, whether or not there is one. */
export function isProblemPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

const PAGES: ReadonlyMap<string, string> = new Map(
  (Object.keys(PROBLEM_CODES) as ProblemCode[]).map((code) => [problemType(code), pageOf(code)]),
);

/** The page of a problem's `type`, in HTML; undefined for a path that is no type. */
export function problemPage(path: string): string | undefined {
  return PAGES.get(path);
}

// Texts are constants of the code, so nothing has to be escaped but their own quotes of code.
function pageOf(code: ProblemCode): string {
  const { status, title } = PROBLEM_CODES[code];
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${code}</title>
  </head>
  <body>
    <h1>${title}</h1>
    <p>Status ${String(status)}, code <code>${code}</code>.</p>
    <p>${PROBLEM_HELP[code].replaceAll(/`([^`]*)`/g, (_, inner: string) => `<code>${inner.replaceAll('<', '&lt;')}</code>`)}</p>
  </body>
</html>
`;
}
