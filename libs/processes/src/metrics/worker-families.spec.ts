import { readWorkerFamilies } from './worker-families.js';

const GOOD = { name: 'zakops_outbox_leader', help: 'Whether.', type: 'gauge', values: [{ labels: {}, value: 1 }] };

describe(readWorkerFamilies.name, () => {
  it('gives what a worker told', () => {
    const bucket = { labels: { le: 0.5, consumer: 'log' }, value: 3, metricName: 'zakops_wait_seconds_bucket' };
    const histogram = { name: 'zakops_wait_seconds', help: 'Wait.', type: 'histogram', values: [bucket] };
    expect(readWorkerFamilies({ metrics: [GOOD, histogram] })).toEqual([GOOD, histogram]);
  });

  it.each([
    ['nothing', {}],
    ['something else', { metrics: 'many' }],
    ['a name of somebody else', { metrics: [{ ...GOOD, name: 'node_load1' }] }],
    ['a name with a line break', { metrics: [{ ...GOOD, name: 'zakops_a\nzakops_b' }] }],
    ['a label that would break the line', { metrics: [{ ...GOOD, values: [{ labels: { 'a="1",b': 'x' }, value: 1 }] }] }],
    ['a type that is not known', { metrics: [{ ...GOOD, type: 'summary' }] }],
    ['a value that is none', { metrics: [{ ...GOOD, values: [{ labels: {}, value: 'much' }] }] }],
    ['more values than any worker has', { metrics: [{ ...GOOD, values: Array.from({ length: 2_001 }, () => GOOD.values[0]) }] }],
  ])('leaves out %s', (_what, figures) => {
    expect(readWorkerFamilies(figures)).toEqual([]);
  });

  it('takes what it understands of a worker of another version', () => {
    expect(readWorkerFamilies({ metrics: [{ ...GOOD, type: 'summary' }, GOOD] })).toEqual([GOOD]);
  });
});
