/** Sends one call of a route, with these headers beside its own. */
export type Send = (headers: Readonly<Record<string, string>>, method?: string) => Promise<Response>;

const TAG = /^(?:W\/)?"[\x21\x23-\x7e]+"$/;

interface Answered {
  readonly status: number;
  readonly tag: string | null;
  readonly caching: string | null;
  readonly vary: string | null;
  readonly type: string | null;
  readonly text: string;
}

/**
 * Asks for something readable in every way that HTTP knows of having it already (RFC 9110, 13).
 *
 * @param hasTag - true for JSON; streams, exports and metrics have no tag and are not kept
 * @param coversAll - false for a strong tag that leaves out members, as the route documents it; a weak tag always may
 * @returns what is wrong, empty when nothing is
 */
export async function readFaults(send: Send, hasTag: boolean, coversAll = true): Promise<readonly string[]> {
  const first = await read(send({}));
  if (!hasTag) return first.tag === null && first.caching?.startsWith('no-store') === true ? [] : [`is kept: ${JSON.stringify(first)}`];
  const again = await read(send({ 'if-none-match': `"a,b", ${weak(first.tag ?? '')}`, 'cache-control': 'no-cache' }));
  const other = await read(send({ 'if-none-match': '"a,b", W/"c"', 'if-modified-since': 'Fri, 31 Dec 9999 23:59:59 GMT' }));
  const any = await read(send({ 'if-none-match': '*' }));
  const head = await read(send({}, 'HEAD'));
  const unmet = await read(send({ 'if-match': '"other"' }));
  const faults = Object.entries({ first, again, other, any, head }).flatMap(([name, { tag, caching, vary }]) =>
    TAG.test(tag ?? '') && caching === 'private, no-cache' && vary === first.vary ? [] : [`${name}: ${String(tag)}, ${String(caching)}`],
  );
  // Some bodies move from call to call; the tag says which.
  const kept = again.tag === first.tag ? [304, '', null] : [200, again.text, first.type];
  const same = (one: readonly unknown[], two: readonly unknown[], what: string): void => {
    if (JSON.stringify(one) !== JSON.stringify(two)) faults.push(`${what}: ${JSON.stringify(one)} instead of ${JSON.stringify(two)}`);
  };
  same([again.status, again.text, again.type], kept, 'with its tag');
  same([again.tag === first.tag], [again.status === 304], 'tag of what has changed');
  const mayDiffer = !coversAll || first.tag?.startsWith('W/') === true;
  const isSame = other.text === first.text || (mayDiffer && other.tag === first.tag);
  same([other.status, other.tag === first.tag], [200, isSame], 'with other tags');
  same([any.status, any.text, any.type], [304, '', null], 'with *');
  same([head.status, head.text, head.type], [200, '', first.type], 'HEAD');
  same([unmet.status, unmet.tag, unmet.caching], [412, null, 'no-store'], 'with an unmet If-Match');
  return faults;
}

/**
 * Sends a change that would be made, under conditions that do not hold. It must not be made.
 *
 * @param exists - whether what is changed is there to be read
 */
export async function changeFaults(send: Send, exists: boolean): Promise<readonly string[]> {
  const unmet = [{ 'if-match': '"never"' }, { 'if-match': 'W/"1"' }, ...(exists ? [{ 'if-none-match': '*' }] : [])];
  const faults: string[] = [];
  for (const condition of unmet) {
    const { status, text } = await read(send(condition));
    if (status !== 412) faults.push(`${JSON.stringify(condition)} is answered with ${String(status)}: ${text.slice(0, 200)}`);
  }
  return faults;
}

/** The same tag, marked as weak. */
function weak(tag: string): string {
  return tag.startsWith('W/') ? tag : `W/${tag}`;
}

async function read(answer: Promise<Response>): Promise<Answered> {
  const response = await answer;
  const of = (name: string): string | null => response.headers.get(name);
  const caching = of('cache-control');
  return { status: response.status, tag: of('etag'), caching, vary: of('vary'), type: of('content-type'), text: await response.text() };
}
