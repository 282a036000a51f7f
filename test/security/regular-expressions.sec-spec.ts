import { Worker } from 'node:worker_threads';
import { attacksOn, patternsOfTheProduct } from './support/regular-expressions.js';
import type { FoundPattern } from './support/regular-expressions.js';

// As long as the longest header, and longer than any field that a pattern is applied to.
const LENGTH = 16_384;
// Linear work of this length takes well under a millisecond; quadratic takes seconds, exponential never ends.
const BUDGET_MS = 100;
const GIVE_UP_MS = 20_000;

// Runs in a thread of its own, because a pattern that backtracks cannot be interrupted. Says before each input what it is at.
const ATTACKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { source, flags, inputs } = workerData;
  let worst = { ms: 0, input: '' };
  for (const input of inputs) {
    const pattern = new RegExp(source, flags);
    // The best of two, so that a pause of the machine does not count.
    let ms = Infinity;
    for (let run = 0; run < 2 && ms > ${String(BUDGET_MS)}; run += 1) {
      const begunAt = performance.now();
      if (flags.includes('g')) input.replace(pattern, ''); else pattern.test(input);
      ms = Math.min(ms, performance.now() - begunAt);
    }
    if (ms > worst.ms) worst = { ms, input: input.slice(0, 20) };
  }
  parentPort.postMessage(worst);`;

async function worstOf({ source, flags }: FoundPattern, inputs: readonly string[]): Promise<{ ms: number; input: string }> {
  const worker = new Worker(ATTACKER, { eval: true, workerData: { source, flags, inputs } });
  let limit: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      limit = setTimeout(resolve, GIVE_UP_MS, { ms: GIVE_UP_MS, input: 'never came back' });
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    clearTimeout(limit);
    await worker.terminate();
  }
}

// ASVS 5.0: 1.3.12 (ReDoS). API Security Top 10 2023: API4.
describe('every regular expression of the product', () => {
  const { patterns, built } = patternsOfTheProduct(process.cwd());

  it('is written down, so that it can be attacked here', () => {
    expect(patterns.length).toBeGreaterThan(30);
    expect(built).toEqual([]);
  });

  it(`answers within ${String(BUDGET_MS)} ms to ${String(LENGTH)} characters that are made to delay it`, async () => {
    const slow: string[] = [];
    for (const pattern of patterns) {
      const { ms, input } = await worstOf(pattern, attacksOn(pattern, LENGTH));
      if (ms > BUDGET_MS)
        slow.push(`${pattern.where} /${pattern.source}/${pattern.flags}: ${ms.toFixed(0)} ms for ${JSON.stringify(input)}...`);
    }
    expect(slow).toEqual([]);
  }, 300_000);

  it('is found to be slow when it is: the attack works', async () => {
    for (const source of ['^(a+)+$', '^(?:a|a)*$', '\\s+$']) {
      const pattern = { where: 'here', source, flags: '' };
      expect((await worstOf(pattern, attacksOn(pattern, LENGTH))).ms).toBeGreaterThan(BUDGET_MS);
    }
  }, 90_000);
});
