import { RawCall, requestText } from '#zakops/testing';
import type { Operation } from './contract-document.js';

const SOME_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const OURS = 'Host: localhost';
// Longer than what is buffered for a request that nobody reads.
const UNSENT = 'Content-Length: 500000';

/** The path of an operation with an id in each of its places. */
export function somePath({ path }: Operation): string {
  return path.replaceAll(/\{\w+\}/g, SOME_ID);
}

/** What comes of an operation under a foreign name, which its page had point to this machine: a status for each way of asking. */
export function underForeignName(url: string, operation: Operation): Promise<readonly number[]> {
  const { host } = new URL(url);
  const page = ['Sec-Fetch-Site: same-origin', 'Origin: http://evil.example'];
  const path = somePath(operation);
  return statusesOf(url, [
    requestText(`${operation.method} ${path}`, 'Host: evil.example', ...page),
    requestText(`${operation.method} ${path}`, 'Host: evil.example', `X-Forwarded-Host: ${host}`, `Forwarded: host="${host}"`, ...page),
    requestText(`${operation.method} http://evil.example${path}`, `Host: ${host}`, ...page),
  ]);
}

/** Where an operation is found under other spellings of its path: for each a status and the `Location`, undefined without one. */
export async function underOtherSpellings(url: string, operation: Operation): Promise<readonly (readonly [number, string | undefined])[]> {
  const path = somePath(operation);
  const spelled = [
    path.replace(/^\/\w+/, (first) => first.toUpperCase()),
    `${path}/`,
    path.replace(/^\/(\w)/, (_, letter: string) => `/%${letter.charCodeAt(0).toString(16)}`),
  ];
  return Promise.all(
    spelled.map(async (target) => {
      const call = await RawCall.send(url, requestText(`${operation.method} ${target}`, OURS));
      const status = await call.status();
      call.close();
      return [status, /^location: (.*)\r$/im.exec(call.received)?.[1]] as const;
    }),
  );
}

/** What comes of an operation when a request for it can be read in two ways: two hosts, a fragment in its target, two logins, two types. */
export function inTwoReadings(url: string, operation: Operation): Promise<readonly number[]> {
  const path = somePath(operation);
  return statusesOf(url, [
    requestText(`${operation.method} ${path}`, OURS, 'Host: evil.example'),
    requestText(`${operation.method} ${path}#fragment`, OURS),
    requestText(`${operation.method} ${path}`, OURS, 'Authorization: Bearer a', 'AUTHORIZATION: Bearer b'),
    requestText(`${operation.method} ${path}`, OURS, 'Content-Type: application/json', 'content-type: text/plain'),
  ]);
}

/** The methods that the document gives for a path, as `Allow` names them. */
export function methodsOf(operations: readonly Operation[], path: string): readonly string[] {
  const asked = path.split('/');
  const fits = ({ path: template }: Operation): boolean => {
    const parts = template.split('/');
    return parts.length === asked.length && parts.every((part, at) => part === asked[at] || /^\{\w+\}$/.test(part));
  };
  const methods = new Set(operations.filter(fits).map(({ method }) => method));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** What a path answers to OPTIONS, and to each method that it does not take: for each a status and `Allow`. */
export function byOtherMethods(
  url: string,
  path: string,
  taken: readonly string[],
): Promise<readonly (readonly [string, number, string | null])[]> {
  const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter((method) => !taken.includes(method));
  return Promise.all(
    ['OPTIONS', ...others].map(async (method) => {
      const response = await fetch(url + path, { method });
      await response.body?.cancel();
      return [method, response.status, response.headers.get('allow')] as const;
    }),
  );
}

/** What an operation answers first to an expectation, with a body that is held back for it: 100 when it calls for the body. */
export async function withExpectation(url: string, operation: Operation, expectation: string): Promise<number> {
  const lines = [OURS, 'Content-Type: application/json', 'Content-Length: 20', `Expect: ${expectation}`];
  const call = await RawCall.send(url, requestText(`${operation.method} ${somePath(operation)}`, ...lines));
  const status = await call.firstStatus();
  call.close();
  return status;
}

/** What an operation answers to a body that is announced and never sent; the connection has been closed by the server then. */
export async function beforeTheBody(url: string, operation: Operation, type: string): Promise<number> {
  const call = await RawCall.send(url, requestText(`${operation.method} ${somePath(operation)}`, OURS, `Content-Type: ${type}`, UNSENT));
  const status = await call.status();
  await call.closed();
  return status;
}

function statusesOf(url: string, texts: readonly string[]): Promise<readonly number[]> {
  return Promise.all(
    texts.map(async (text) => {
      const call = await RawCall.send(url, text);
      const status = await call.status();
      call.close();
      return status;
    }),
  );
}
