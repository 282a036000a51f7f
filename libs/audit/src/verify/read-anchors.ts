import type { KnownAnchor } from './verification-report.js';

const HASH = /^[0-9a-f]{64}$/;

/**
 * Reads anchors from lines of JSON: those of `AUDIT_ANCHOR_FILE`, or of a log, whose other lines are skipped.
 *
 * @throws Error when no line is an anchor, because a file without anchors proves nothing
 */
export async function readAnchors(lines: AsyncIterable<string>): Promise<readonly KnownAnchor[]> {
  const anchors: KnownAnchor[] = [];
  for await (const line of lines) {
    const anchor = anchorIn(line);
    if (anchor !== undefined) anchors.push(anchor);
  }
  if (anchors.length === 0) throw new Error('The file of anchors holds no anchor.');
  return anchors;
}

function anchorIn(line: string): KnownAnchor | undefined {
  // Most lines of a log need not be parsed.
  if (!line.includes('"hash"') || !line.includes('"position"')) return undefined;
  try {
    const json: unknown = JSON.parse(line);
    if (typeof json !== 'object' || json === null || !('position' in json) || !('hash' in json)) return undefined;
    const { position, hash } = json;
    if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 1) return undefined;
    return typeof hash === 'string' && HASH.test(hash) ? { position, hash } : undefined;
  } catch {
    return undefined;
  }
}
