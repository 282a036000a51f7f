/** No answer came within the limit. */
export class NoAnswerError extends Error {
  constructor(limitMs: number) {
    super(`No answer within ${String(limitMs / 1_000)} s.`);
    this.name = 'NoAnswerError';
  }
}

/**
 * Waits for an answer, but not longer than the limit. The work itself goes on.
 *
 * @throws NoAnswerError when the limit passes
 */
export async function within<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new NoAnswerError(limitMs));
    }, limitMs);
  });
  try {
    return await Promise.race([answer, limit]);
  } finally {
    clearTimeout(timer);
  }
}
