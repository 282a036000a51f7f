import { get } from 'node:http';
import { waitUntil } from '#zakops/embedded-postgres';
import { StartupError } from './startup.error.js';

const REQUEST_TIMEOUT_MS = 2_000;
const INTERVAL_MS = 50;

/**
 * Waits until the API says that it is ready to work.
 *
 * @param baseUrl - for example `http://127.0.0.1:8000`
 * @param giveUp - ends the waiting early, without an error
 * @throws StartupError when it has not said so within `timeoutMs`, with its last answer
 */
export async function waitUntilReady(baseUrl: string, timeoutMs: number, giveUp: AbortSignal): Promise<void> {
  let last = 'no answer';
  const ready = await waitUntil(
    async () => {
      const answer = await ask(`${baseUrl}/api/health/ready`);
      last = answer.text;
      return giveUp.aborted || answer.status === 200;
    },
    timeoutMs,
    INTERVAL_MS,
  );
  if (!ready) throw new StartupError(`The API did not become ready within ${timeoutMs / 1000} s (last answer: ${last}).`);
}

async function ask(url: string): Promise<{ status: number; text: string }> {
  return await new Promise((resolve) => {
    // No agent: a kept connection would be one more thing for the API to close at the end.
    const request = get(url, { agent: false, timeout: REQUEST_TIMEOUT_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('close', () => {
        resolve({ status: response.statusCode ?? 0, text: `${response.statusCode} ${body.slice(0, 500)}` });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${REQUEST_TIMEOUT_MS} ms`)));
    request.on('error', (error) => {
      resolve({ status: 0, text: error.message });
    });
  });
}
