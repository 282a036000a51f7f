/** Longer texts are cut before they are read: an error may quote a whole document. */
const MOST_READ = 2_000;

const MOST_KEPT = 300;

/** Which names a text may keep, because they belong to the code or the schema and not to the data. */
export interface KeptNames {
  /** Quoted names behind words such as `relation`, as the database server writes them. */
  readonly ofSchema?: boolean;
  /** Dotted names such as `event.data.name`, as the engine writes them; elsewhere they may be host names. */
  readonly ofCode?: boolean;
}

// One token at a time, so that nothing is read twice: a text in quotes, which may have lost its end, or a word with what joins its parts.
const TOKENS =
  /"[^"]*(?:"|$)|“[^”]*(?:”|$)|„[^“]*(?:“|$)|«[^»]*(?:»|$)|`[^`]*(?:`|$)|(?<![\p{L}\p{N}])'[^']*(?:'(?![\p{L}\p{N}])|$)|[\p{L}\p{N}_](?:[\p{L}\p{N}_.\-$:/@%+~=&?#]*[\p{L}\p{N}_])?/gu;

const QUOTE = /^["“„«`']/u;
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d\S*)?$/u;
const ADDRESS =
  /@|:\/\/|^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$|^[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}$|^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*:\d+$/iu;
const DIGIT = /\p{N}/u;
const DOTTED = /[\p{L}_]\.[\p{L}_]/u;
const BEFORE_SCHEMA_NAME = /\b(?:relation|table|column|constraint|index|view|sequence|schema|function|type|role) $/u;
const BEFORE_PROPERTY = /\((?:reading|setting) $/u;

/**
 * A message without what differs from one failure to the next: `<text>` stands for what was quoted, `<time>` for instants, `<address>` for mail, host
 * and web addresses, and `#` for numbers and for ids, which are words with digits.
 *
 * @remarks Words without digits stay: a name that a message does not quote is not recognised as a value.
 * @returns at most 300 characters, on one line
 */
export function withoutValues(message: string, keep: KeptNames = {}): string {
  const text = message.slice(0, MOST_READ);
  return text
    .replace(TOKENS, (token, at: number) => {
      if (!QUOTE.test(token)) return wordWithoutValues(token, keep);
      const before = text.slice(Math.max(0, at - 20), at);
      const isName = BEFORE_PROPERTY.test(before) || (keep.ofSchema === true && BEFORE_SCHEMA_NAME.test(before));
      return isName ? token : '<text>';
    })
    .replace(/\s+/gu, ' ')
    .trim()
    .slice(0, MOST_KEPT);
}

function wordWithoutValues(word: string, keep: KeptNames): string {
  if (INSTANT.test(word)) return '<time>';
  if (ADDRESS.test(word)) return '<address>';
  const value = word.indexOf('=');
  if (value !== -1) return `${wordWithoutValues(word.slice(0, value), keep)}=<text>`;
  if (DIGIT.test(word)) return '#';
  if (DOTTED.test(word) && keep.ofSchema !== true && keep.ofCode !== true) return '<address>';
  return word;
}
