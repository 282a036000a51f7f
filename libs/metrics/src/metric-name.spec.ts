import { checkMetricName, MetricNameError } from './metric-name.js';
import type { MetricType } from './metric-family.js';

const HELP = 'What is measured.';

describe(checkMetricName.name, () => {
  it.each<[MetricType, string]>([
    ['counter', 'zakops_http_requests_total'],
    ['counter', 'zakops_process_cpu_seconds_total'],
    ['gauge', 'zakops_outbox_tickets'],
    ['gauge', 'zakops_event_loop_utilization_ratio'],
    ['histogram', 'zakops_http_request_duration_seconds'],
  ])('takes a %s %s', (type, name) => {
    expect(() => {
      checkMetricName(type, { name, help: HELP, labelNames: ['route', 'status_class'] });
    }).not.toThrow();
  });

  it.each<[MetricType, string, string]>([
    ['gauge', 'http_requests', 'must be zakops_'],
    ['gauge', 'zakops_HTTP', 'must be zakops_'],
    ['gauge', 'zakops__doubled', 'must be zakops_'],
    ['counter', 'zakops_http_requests', 'counts, so it ends in _total'],
    ['gauge', 'zakops_tickets_total', 'is no counter'],
    ['histogram', 'zakops_http_request_duration_ms', 'names ms'],
    ['gauge', 'zakops_heap_megabytes', 'names megabytes'],
    ['gauge', 'zakops_pool_percent', 'names percent'],
    ['gauge', 'zakops_tickets_count', 'samples of histograms'],
    ['histogram', 'zakops_http_request_duration', 'ends in its unit'],
  ])('refuses a %s %s', (type, name, reason) => {
    expect(() => {
      checkMetricName(type, { name, help: HELP });
    }).toThrow(reason);
  });

  it.each(['', 'no sentence', 'Two\nlines.'])('refuses the help %j', (help) => {
    expect(() => {
      checkMetricName('gauge', { name: 'zakops_tickets', help });
    }).toThrow(MetricNameError);
  });

  it.each(['le', 'instance', 'process', 'camelCase', 'with-dash'])('refuses the label %s', (label) => {
    expect(() => {
      checkMetricName('gauge', { name: 'zakops_tickets', help: HELP, labelNames: [label] });
    }).toThrow(`the label ${label}`);
  });
});
