const MAX_LENGTH = 500;

const ADDRESS_WITH_CREDENTIALS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@]*@[^\s]*/gi;
const DATABASE_ADDRESS = /\b(?:postgres(?:ql)?|redis|nats|amqp):\/\/[^\s]*/gi;
const STACK_LINE = /\s+at\s+[^\n]*:\d+:\d+\)?/g;
const SOURCE_FILE = /(?:file:\/\/)?(?:\/[\w.@-]+)+\.[cm]?[jt]s\b(?::\d+){0,2}/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Makes a text fit to show: no stack lines, no source paths, no addresses with credentials, one line, at most 500 characters. */
export function sanitise(text: string): string {
  const clean = text
    .replace(STACK_LINE, '')
    .replace(ADDRESS_WITH_CREDENTIALS, '[address]')
    .replace(DATABASE_ADDRESS, '[address]')
    .replace(SOURCE_FILE, '[path]')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(LONE_SURROGATE, '\uFFFD')
    .trim();
  return clean.length <= MAX_LENGTH ? clean : `${clean.slice(0, MAX_LENGTH - 1).replace(LONE_SURROGATE, '')}…`;
}
