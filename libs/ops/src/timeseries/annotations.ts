import type { Mark } from '#zakops/figures';

/** What happened at an instant of a chart. */
export interface Annotation {
  /** In seconds since 1970. */
  readonly at: number;
  readonly kind: (typeof ANNOTATION_KINDS)[number];
  readonly text: string;
  /** A path of the page of operations. */
  readonly link: string;
}

/** Everything that a chart marks. */
export const ANNOTATION_KINDS = ['deploy', 'start', 'leader', 'health', 'pause', 'redrive', 'log_level'] as const;

type Marks = Readonly<Record<string, Mark>>;

/** Two samples that follow each other and whose marks differ. */
export interface MarkChange {
  /** When the later one begins, in seconds since 1970. */
  readonly at: number;
  readonly before: Marks;
  readonly after: Marks;
}

const PROCESSES = '/ops/processes';

/** What a change of marks means. Marks that one of the samples lacks tell nothing: its process could not know them. */
export function explainChange({ at, before, after }: MarkChange): readonly Annotation[] {
  return [...deploys(at, before, after), ...starts(at, before, after), ...leaders(at, before, after), ...failures(at, before, after)];
}

function deploys(at: number, before: Marks, after: Marks): readonly Annotation[] {
  const [was, is] = [names(before['builds']), names(after['builds'])];
  if (was === undefined || is === undefined) return [];
  const come = is.filter((build) => !was.includes(build));
  const gone = was.filter((build) => !is.includes(build));
  return come.map((build) => {
    const [kind, version] = splitBuild(build);
    const replaced = gone.map(splitBuild).find(([other]) => other === kind)?.[1];
    return { at, kind: 'deploy', text: `${kind} ${replaced === undefined ? 'runs' : `${replaced} →`} ${version}`, link: PROCESSES };
  });
}

function starts(at: number, before: Marks, after: Marks): readonly Annotation[] {
  const [was, is] = [numbers(before['started']), numbers(after['started'])];
  if (was === undefined || is === undefined) return [];
  return Object.entries(is).flatMap(([kind, startedAt]) =>
    startedAt > (was[kind] ?? 0) ? [{ at: Math.min(at, startedAt), kind: 'start', text: `${kind} started`, link: PROCESSES } as const] : [],
  );
}

function leaders(at: number, before: Marks, after: Marks): readonly Annotation[] {
  const [was, is] = [before['fence'], after['fence']];
  if (typeof was !== 'number' || typeof is !== 'number' || was === is) return [];
  const leader = typeof after['leader'] === 'string' ? after['leader'] : 'A worker';
  return [{ at, kind: 'leader', text: `${leader} leads, fence ${String(was)} → ${String(is)}`, link: PROCESSES }];
}

function failures(at: number, before: Marks, after: Marks): readonly Annotation[] {
  const [was, is] = [names(before['down']), names(after['down'])];
  if (was === undefined || is === undefined) return [];
  const annotation = (text: string): Annotation => ({ at, kind: 'health', text, link: '/ops' });
  return [
    ...is.filter((name) => !was.includes(name)).map((name) => annotation(`${name} is not well`)),
    ...was.filter((name) => !is.includes(name)).map((name) => annotation(`${name} is well again`)),
  ];
}

function names(mark: Mark | undefined): readonly string[] | undefined {
  if (mark === undefined || mark === null || typeof mark !== 'object') return undefined;
  return Array.isArray(mark) ? (mark as readonly string[]) : Object.keys(mark);
}

function numbers(mark: Mark | undefined): Readonly<Record<string, number>> | undefined {
  if (mark === undefined || mark === null || typeof mark !== 'object' || Array.isArray(mark)) return undefined;
  return mark as Readonly<Record<string, number>>;
}

/** `api 0.4.0+abc` to its kind and version. */
function splitBuild(build: string): readonly [string, string] {
  const space = build.indexOf(' ');
  return [build.slice(0, space), build.slice(space + 1)];
}
