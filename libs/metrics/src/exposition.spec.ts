import { defineFamily } from './define-family.js';
import { mergeFamilies, withLabels, writeExposition } from './exposition.js';
import { Metrics } from './metrics.js';

const TICKETS = defineFamily('gauge', { name: 'zakops_tickets', help: 'Tickets.', labelNames: ['status'] });
const AGE = defineFamily('gauge', { name: 'zakops_age_seconds', help: 'Age.' });

describe(writeExposition.name, () => {
  it('writes every metric in one block, escapes labels, and leaves out what has no value', async () => {
    const text = await writeExposition([
      TICKETS.of([
        { labels: { status: 'a "quoted"\\\nline' }, value: 1 },
        { labels: { status: 'b' }, value: 2.5 },
      ]),
      AGE.of([]),
    ]);
    expect(text).toBe(
      '# HELP zakops_tickets Tickets.\n# TYPE zakops_tickets gauge\n' +
        'zakops_tickets{status="a \\"quoted\\"\\\\\\nline"} 1\nzakops_tickets{status="b"} 2.5\n',
    );
  });

  it('writes a histogram as the registry holds it', async () => {
    const metrics = new Metrics();
    const histogram = metrics.histogram({ name: 'zakops_wait_seconds', help: 'Wait.', labelNames: ['kind'], buckets: [0.1, 1] });
    histogram.labels('a').observe(0.5);
    const lines = (await writeExposition(withLabels(await metrics.families(), { process: 'api' }))).split('\n');
    expect(lines.slice(2, 7)).toEqual([
      'zakops_wait_seconds_bucket{process="api",le="0.1",kind="a"} 0',
      'zakops_wait_seconds_bucket{process="api",le="1",kind="a"} 1',
      'zakops_wait_seconds_bucket{process="api",le="+Inf",kind="a"} 1',
      'zakops_wait_seconds_sum{process="api",kind="a"} 0.5',
      'zakops_wait_seconds_count{process="api",kind="a"} 1',
    ]);
  });
});

describe(mergeFamilies.name, () => {
  it('puts the values of several sources together, by name, and believes the first about what a metric is', () => {
    const other = { ...TICKETS.of([{ labels: {}, value: 9 }]), type: 'counter' as const };
    const merged = mergeFamilies([
      [TICKETS.of([{ labels: {}, value: 1 }])],
      [AGE.of([{ labels: {}, value: 3 }]), TICKETS.of([{ labels: {}, value: 2 }])],
      [other],
    ]);
    expect(merged.map(({ name, type, values }) => [name, type, values.map(({ value }) => value)])).toEqual([
      ['zakops_age_seconds', 'gauge', [3]],
      ['zakops_tickets', 'gauge', [1, 2]],
    ]);
  });
});

describe(Metrics.name, () => {
  it('refuses a name that is against the rules, and one that is taken, when it is registered', () => {
    const metrics = new Metrics();
    expect(() => metrics.counter({ name: 'zakops_requests', help: 'Requests.' })).toThrow('_total');
    metrics.gauge({ name: 'zakops_tickets', help: 'Tickets.' });
    expect(() => metrics.gauge({ name: 'zakops_tickets', help: 'Tickets.' })).toThrow('already been registered');
  });

  it('reads what is collected when it is asked, and only then', async () => {
    const metrics = new Metrics();
    let looks = 0;
    metrics.gauge({
      name: 'zakops_looks',
      help: 'Looks.',
      collect: (gauge) => {
        gauge.set((looks += 1));
      },
    });
    expect(looks).toBe(0);
    await metrics.families();
    expect((await metrics.families())[0]?.values).toEqual([{ labels: {}, value: 2 }]);
  });
});
