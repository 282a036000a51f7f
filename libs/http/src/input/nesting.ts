import { escapePointer } from '../fields/json-pointer.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** An array or object that is open. */
interface Level {
  readonly isArray: boolean;
  /** The number of the item, or the name of the member, that is being read. */
  at: number | string;
}

/**
 * Finds where JSON is nested too deep, without reading it: a parser that builds every level first can be kept busy by brackets alone.
 *
 * @returns the JSON pointer of the first value that is deeper than `maxDepth`; undefined when there is none
 */
export function findTooDeep(json: Buffer, maxDepth: number): string | undefined {
  const open: Level[] = [];
  let text: string | undefined;
  for (let at = 0; at < json.length; at += 1) {
    switch (json[at]) {
      case QUOTE: {
        const end = endOfText(json, at);
        text = json.toString('utf8', at, end + 1);
        at = end;
        break;
      }
      case COLON: {
        const level = open.at(-1);
        if (level?.isArray === false) level.at = nameOf(text ?? '');
        break;
      }
      case COMMA: {
        const level = open.at(-1);
        if (level !== undefined && typeof level.at === 'number') level.at += 1;
        break;
      }
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (open.length === maxDepth) return open.map((level) => `/${escapePointer(String(level.at))}`).join('');
        open.push(json[at] === OPEN_ARRAY ? { isArray: true, at: 0 } : { isArray: false, at: '' });
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        open.pop();
        break;
      case undefined:
      default:
        break;
    }
  }
  return undefined;
}

/** The position of the quote that ends a text, or the last one. */
function endOfText(json: Buffer, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    if (json[at] === BACKSLASH) at += 1;
    else if (json[at] === QUOTE) return at;
  }
  return json.length - 1;
}

function nameOf(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
