import { readFileSync } from 'node:fs';
import { installPrometheus, promtool } from './prometheus.js';
import { renderAnnotation, sentenceFaults } from './render-annotation.js';
import { alerts, alertTests, RULE_FILES, testFiles } from './rule-files.js';

beforeAll(installPrometheus, 120_000);

/** Where documents are read: an external label of Prometheus, or else the folder of this repository. */
const BASE = '{{ with $externalLabels.runbook_base_url }}{{ . }}{{ else }}docs{{ end }}';

describe('the files of Prometheus', () => {
  it('hold rules that Prometheus takes', async () => {
    expect(await promtool(['check', 'rules', ...RULE_FILES])).toMatchObject({ code: 0 });
  });

  it('hold a configuration that Prometheus takes, with all of the rules', async () => {
    const { code, output } = await promtool(['check', 'config', '--syntax-only', 'prometheus.yml']);
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
    for (const file of RULE_FILES) expect(readFileSync('docker/prometheus/prometheus.yml', 'utf8')).toContain(`- ${file}`);
  });

  it.each(testFiles())('alert as %s says, on recorded series', async (file) => {
    expect(await promtool(['test', 'rules', file], 'docker/prometheus/tests')).toMatchObject({ code: 0 });
  });
});

describe.each(alerts())('$alert', ({ alert, labels, annotations }) => {
  const tests = alertTests().filter(({ alert_rule_test: cases }) => cases.some(({ alertname }) => alertname === alert));

  it('is tried when it fires and when it does not', () => {
    const cases = tests.flatMap(({ alert_rule_test: each }) => each).filter(({ alertname }) => alertname === alert);
    expect(cases.filter(({ exp_alerts: expected }) => expected.length > 0)).not.toEqual([]);
    expect(cases.filter(({ exp_alerts: expected }) => expected.length === 0)).not.toEqual([]);
  });

  it('says how bad it is, what is wrong, and how much', () => {
    expect(['critical', 'warning', 'info']).toContain(labels['severity']);
    expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
    // Labels and annotations are two things: a value in a label makes a new alert of every change.
    expect(JSON.stringify(labels)).not.toContain('$value');
  });

  it.each(['summary', 'description'])('reads as sentences, whatever its labels and its value are: %s', (name) => {
    const rendered = tests
      .flatMap(({ alert_rule_test: each }) => each)
      .filter(({ alertname }) => alertname === alert)
      .flatMap(({ exp_alerts: expected }) => expected.map(({ exp_annotations: texts }) => texts?.[name] ?? ''));
    expect(rendered.length).toBeGreaterThan(0);
    for (const text of [renderAnnotation(annotations[name] ?? ''), ...rendered]) expect(sentenceFaults(text)).toEqual([]);
  });

  it('leads to a heading that is there', () => {
    const url = annotations['runbook_url'] ?? '';
    expect(url.startsWith(BASE)).toBe(true);
    const [page = '', heading = ''] = url.replace(BASE, 'docs').split('#');
    expect(headingsOf(page)).toContain(heading);
  });

  it('stands in the table of docs/monitoring.md with its severity', () => {
    const row = readFileSync('docs/monitoring.md', 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`| \`${alert}\``));
    expect(row?.split('|')[2]?.trim()).toBe(labels['severity']);
  });
});

/** The headings of a page as links name them. */
function headingsOf(page: string): readonly string[] {
  return readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
}
