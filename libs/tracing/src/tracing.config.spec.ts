import { ConfigError, loadConfig } from '#zakops/config';
import { TracingConfig } from './tracing.config.js';

const load = (env: Readonly<Record<string, string>>): TracingConfig => loadConfig([TracingConfig], env).get(TracingConfig);

function problemOf(env: Readonly<Record<string, string>>): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ env: name, reason }) => `${name} ${reason}`).join('\n');
    throw error;
  }
  return '';
}

describe(TracingConfig.name, () => {
  const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const TRACES = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';

  it.each([
    ['nothing', {}, undefined],
    ['an endpoint', { [ENDPOINT]: 'http://otel:4318' }, 'http://otel:4318/v1/traces'],
    ['an endpoint with a path', { [ENDPOINT]: 'https://otel.example/otlp/' }, 'https://otel.example/otlp/v1/traces'],
    ['an endpoint for traces', { [ENDPOINT]: 'http://otel:4318', [TRACES]: 'http://jaeger:4318/x' }, 'http://jaeger:4318/x'],
    ['an endpoint and a switch', { [ENDPOINT]: 'http://otel:4318', OTEL_SDK_DISABLED: 'true' }, undefined],
  ])('sends to the right place for %s', (_what, env, expected) => {
    expect(load(env as Record<string, string>).tracesUrl).toBe(expected);
  });

  it('reads pairs as OpenTelemetry writes them', () => {
    const { headers, resourceAttributes } = load({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%3Db, x-team = deals,',
      OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.name=backend-0',
    });
    expect(headers).toEqual({ authorization: 'Bearer a=b', 'x-team': 'deals' });
    expect(resourceAttributes).toEqual({ 'k8s.pod.name': 'backend-0' });
  });

  it.each([
    [ENDPOINT, 'otel:4318', 'must be an http or https URL'],
    [TRACES, 'grpc://otel:4317', 'must be an http or https URL'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', 'must be a whole number from 100 to 60000'],
    ['OTEL_TRACES_SAMPLER', 'sometimes', expect.stringContaining('parentbased_traceidratio')],
    ['OTEL_TRACES_SAMPLER_ARG', '1.1', 'must be a number from 0 to 1'],
    ['OTEL_TRACES_SAMPLER_ARG', '-0.1', 'must be a number from 0 to 1'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz', expect.stringContaining('name=value')],
  ])('refuses %s=%s', (env, value, reason) => {
    expect(() => load({ [env]: value })).toThrow(ConfigError);
    expect(problemOf({ [env]: value })).toEqual(typeof reason === 'string' ? `${env} ${reason}` : reason);
  });

  it('never shows headers', () => {
    expect(problemOf({ OTEL_EXPORTER_OTLP_HEADERS: 'secret word' })).not.toContain('secret word');
  });

  it('records every trace that nobody else decided of, unless told otherwise', () => {
    const { sampler, samplerRatio, timeoutMs } = load({});
    expect([sampler, samplerRatio, timeoutMs]).toEqual(['parentbased_traceidratio', 1, 10_000]);
  });
});
