import { defineConfig, flag, integer, oneOf } from '#zakops/config';
import { z } from 'zod';
import { keyValuePairs } from './key-value-pairs.js';

const TRACES_PATH = 'v1/traces';

/**
 * Whether and where traces are sent, by the names that every OpenTelemetry program reads.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export class TracingConfig extends defineConfig('Tracing', {
  endpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: httpUrl().optional(),
    form: 'http or https URL',
    description:
      'The collector that takes spans by OTLP over HTTP with JSON, usually on port 4318; `/v1/traces` is added. Without it, and without ' +
      '`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, tracing is off and costs nothing.',
    example: 'http://otel-collector:4318',
  },
  tracesEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    schema: httpUrl().optional(),
    form: 'http or https URL',
    description: 'The same for traces alone, used as it stands, with its path; goes before `OTEL_EXPORTER_OTLP_ENDPOINT`.',
    example: 'http://otel-collector:4318/v1/traces',
  },
  headers: {
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    schema: keyValuePairs(),
    default: '',
    form: 'name=value pairs, separated by commas, percent-encoded',
    description: 'Headers of every export, for collectors that ask for a key.',
    example: 'authorization=Bearer%20abc',
    secret: true,
  },
  timeoutMs: {
    env: 'OTEL_EXPORTER_OTLP_TIMEOUT',
    schema: integer(100, 60_000),
    default: '10000',
    form: 'milliseconds, 100 to 60000',
    description: 'How long one export may take, with its repetitions, before its spans are given up. No request waits for it.',
    example: '10000',
  },
  serviceName: {
    env: 'OTEL_SERVICE_NAME',
    schema: z.string().max(100, { message: 'must have at most 100 characters' }).optional(),
    form: 'text',
    description: 'Names this process in traces; by default `zakops-api` and `zakops-outbox-worker`.',
    example: 'zakops-api',
  },
  sampler: {
    env: 'OTEL_TRACES_SAMPLER',
    schema: oneOf([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ]),
    default: 'parentbased_traceidratio',
    form: 'always_on, always_off or traceidratio, each also after parentbased_',
    description:
      'Which traces are recorded. `parentbased_` follows the caller who sends a `traceparent`; where callers are not to decide, leave it out.',
    example: 'parentbased_traceidratio',
  },
  samplerRatio: {
    env: 'OTEL_TRACES_SAMPLER_ARG',
    schema: ratio(),
    default: '1.0',
    form: 'part of all traces, 0 to 1',
    description: 'The part of all traces that `traceidratio` records.',
    example: '0.1',
  },
  resourceAttributes: {
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    schema: keyValuePairs(),
    default: '',
    form: 'name=value pairs, separated by commas, percent-encoded',
    description: 'More attributes of this process, on each of its spans.',
    example: 'deployment.environment.name=production,k8s.pod.name=backend-0',
  },
  disabled: {
    env: 'OTEL_SDK_DISABLED',
    schema: flag(),
    default: 'false',
    form: 'true or false',
    description: 'Switches tracing off although a collector is named.',
    example: 'true',
  },
}) {
  /** Where spans are sent; undefined when tracing is off. */
  get tracesUrl(): string | undefined {
    if (this.disabled) return undefined;
    if (this.tracesEndpoint !== undefined) return this.tracesEndpoint;
    return this.endpoint === undefined ? undefined : `${withoutLastSlashes(this.endpoint)}/${TRACES_PATH}`;
  }
}

function withoutLastSlashes(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === '/') end -= 1;
  return url.slice(0, end);
}

function httpUrl(): z.ZodType<string> {
  return z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    message: 'must be an http or https URL',
  });
}

function ratio(): z.ZodType<number> {
  return z.string().transform((text, context) => {
    const value = Number(text);
    if (/^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text.trim()) && value <= 1) return value;
    context.addIssue({ code: 'custom', message: 'must be a number from 0 to 1' });
    return z.NEVER;
  });
}
