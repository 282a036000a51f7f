/** Characters of a text in a problem: enough for all event types, which a refused filter names. */
export const MAX_PROBLEM_TEXT = 2_000;

// Callers send paths and words of up to 16 KiB, which come back in details. Every repetition that something must follow is bounded, and
// none overlaps its neighbour: otherwise a text made for it keeps the process busy for seconds.
const MAX_READ = 4_000;
const ADDRESS_WITH_CREDENTIALS = /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@]{0,500}@[^\s]*/gi;
const DATABASE_ADDRESS = /\b(?:postgres(?:ql)?|redis|nats|amqp):\/\/[^\s]*/gi;
const STACK_LINE = /\sat\s[^\n]{0,300}:\d{1,7}:\d{1,7}\)?/g;
const SOURCE_FILE = /(?:file:\/\/)?(?:\/[\w.@-]{1,100}){1,40}\.[cm]?[jt]s\b(?::\d{1,7}){0,2}/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Makes a text fit to show: no stack lines, no source paths, no addresses with credentials, one line, at most 2,000 characters. */
export function sanitise(text: string): string {
  const clean = text
    .slice(0, MAX_READ)
    .replace(STACK_LINE, '')
    .replace(ADDRESS_WITH_CREDENTIALS, '[address]')
    .replace(DATABASE_ADDRESS, '[address]')
    .replace(SOURCE_FILE, '[path]')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(LONE_SURROGATE, '\uFFFD')
    .trim();
  return clean.length <= MAX_PROBLEM_TEXT ? clean : `${clean.slice(0, MAX_PROBLEM_TEXT - 1).replace(LONE_SURROGATE, '')}…`;
}
