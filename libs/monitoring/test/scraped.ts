/** One value of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a scrape said, read as Prometheus would; strict, so that a line that it would refuse fails the test. */
export class Scraped {
  private constructor(
    readonly text: string,
    /** By name, of every metric: its type and help. */
    readonly metrics: ReadonlyMap<string, { readonly type: string; readonly help: string }>,
    readonly samples: readonly ScrapedSample[],
  ) {}

  /** Scrapes an address; the answer must be 200 in the text format. */
  static async of(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Scraped> {
    const response = await fetch(url, { headers: { connection: 'close', ...headers } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    return Scraped.parse(await response.text());
  }

  static parse(text: string): Scraped {
    const metrics = new Map<string, { type: string; help: string }>();
    const samples: ScrapedSample[] = [];
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const comment = /^# (HELP|TYPE) ([a-z0-9_]+) (.*)$/.exec(line);
      if (comment !== null) {
        const [, kind, name = '', rest = ''] = comment;
        const known = metrics.get(name) ?? { type: '', help: '' };
        metrics.set(name, kind === 'TYPE' ? { ...known, type: rest } : { ...known, help: rest });
        continue;
      }
      const sample = /^([a-z0-9_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (sample === null) throw new Error(`Not a line of the text format: ${line}`);
      const [, name = '', labels = '', value = ''] = sample;
      samples.push({ name, labels: readLabels(labels), value: value === '+Inf' ? Infinity : Number(value) });
    }
    return new Scraped(text, metrics, samples);
  }

  /** Every value of a name whose labels hold these. */
  all(name: string, labels: Readonly<Record<string, string>> = {}): readonly ScrapedSample[] {
    return this.samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  }

  /** The only value of a name with these labels; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.all(name, labels);
    if (found.length > 1) throw new Error(`${name} has ${String(found.length)} values with ${JSON.stringify(labels)}.`);
    return found[0]?.value;
  }

  /** How many series there are. */
  get series(): number {
    return new Set(this.samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)).size;
  }
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)) labels[name] = value;
  return labels;
}
