import { readFileSync } from 'node:fs';
import { describeCompose } from './support/describe-compose.js';
import { describeImage } from './support/describe-image.js';
import { Operator } from './support/operator.js';
import { readRunbook } from './support/runbook.js';
import { startTestBed } from './support/test-bed.js';
import type { TestBed } from './support/test-bed.js';

const MINUTES = 60_000;
const steps = readRunbook(readFileSync('docs/deployment-runbook.md', 'utf8'));

let bed: TestBed | undefined;
let operator: Operator | undefined;

beforeAll(async () => {
  bed = await startTestBed();
  operator = await Operator.sitDown(bed);
}, 10 * MINUTES);

afterAll(async () => bed?.stop(), MINUTES);

describe('every command block of docs/deployment-runbook.md', () => {
  it('says how it is run, or why it is not', () => {
    expect(steps.filter(({ directive }) => directive === undefined).map(({ line }) => line)).toEqual([]);
  });

  for (const step of steps) {
    if (step.directive?.kind !== 'run') continue;
    it(
      `line ${step.line}, ${step.heading}: ${step.code.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? ''}`,
      async () => {
        expect(await started(operator).perform(step)).toBeUndefined();
      },
      8 * MINUTES,
    );
  }
});

describe('docker-compose.production.yml', () => {
  describeCompose(
    () => started(bed),
    () => started(operator),
  );
});

describe('the image', () => {
  describeImage(
    () => started(bed),
    () => started(operator),
  );
});

/** What `beforeAll` has made. */
function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The machine is not there.');
  return part;
}
