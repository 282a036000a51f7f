/** Where in our code a failure came from. */
export interface OwnFrame {
  /** Function, file and line: `RecordActivity.handle (libs/deals/src/record-activity.js:42)`. */
  readonly text: string;
  /** The same without what another build changes: the line, and whether the file is compiled. */
  readonly place: string;
}

const FRAME = /^\s*at (?:async )?(?:([^()]+) \()?(?:file:\/\/)?([^()]+?):(\d+):\d+\)?$/u;

/** What calls handlers and sends statements: the same for every failure. */
const MACHINERY = /^libs\/(?:database|kernel|observability|outbox|postgres|tracing)\/src\//u;

/** The first stack frame in code of a feature, read from an error or from what caused it; undefined when there is none. */
export function ownFrame(error: unknown): OwnFrame | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    for (const line of (at.stack ?? '').split('\n')) {
      const frame = toOwnFrame(line);
      if (frame !== undefined) return frame;
    }
  }
  return undefined;
}

function toOwnFrame(line: string): OwnFrame | undefined {
  const [, name, path, number] = FRAME.exec(line.slice(0, 1_000)) ?? [];
  if (path === undefined || number === undefined || path.startsWith('node:') || path.includes('/node_modules/')) return undefined;
  const file = inRepository(path);
  if (MACHINERY.test(file)) return undefined;
  const within = (place: string): string => (name === undefined ? place : `${name} (${place})`);
  return { text: within(`${file}:${number}`), place: within(file.replace(/\.[cm]?[jt]s$/u, '')) };
}

/** From the folder `libs` or `apps` on, so that it says nothing of the machine. */
function inRepository(path: string): string {
  const at = Math.max(path.lastIndexOf('/libs/'), path.lastIndexOf('/apps/'));
  return at === -1 ? path.split('/').slice(-2).join('/') : path.slice(at + 1);
}
