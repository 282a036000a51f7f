import { formatTraceparent, isCorrelationId, nextSpan, parseTraceparent } from './trace-context.js';

const VALID = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe(parseTraceparent.name, () => {
  it('reads the example of the specification', () => {
    expect(parseTraceparent(VALID)).toEqual({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', flags: '01' });
  });

  it.each([
    ['nothing', undefined],
    ['another text', 'hello'],
    ['a zero trace', '00-00000000000000000000000000000000-b7ad6b7169203331-01'],
    ['a zero span', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'],
    ['version ff', `ff${VALID.slice(2)}`],
    ['upper case', VALID.toUpperCase()],
    ['a fifth field in version 00', `${VALID}-x`],
  ])('refuses %s', (_name, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('accepts more fields of a later version', () => {
    expect(parseTraceparent(`01${VALID.slice(2)}-x`)?.spanId).toBe('b7ad6b7169203331');
  });
});

describe(nextSpan.name, () => {
  it('keeps the trace and changes the span', () => {
    const parent = parseTraceparent(VALID);
    const child = nextSpan(parent);
    expect(child.traceId).toBe(parent?.traceId);
    expect(child.spanId).not.toBe(parent?.spanId);
    expect(parseTraceparent(formatTraceparent(child))).toEqual(child);
  });

  it('begins a valid trace when there is none', () => {
    const fresh = nextSpan(undefined);
    expect(parseTraceparent(formatTraceparent(fresh))).toEqual(fresh);
  });
});

describe(isCorrelationId.name, () => {
  it.each([
    ['DEAL-000001', true],
    ['a'.repeat(100), true],
    ['a'.repeat(101), false],
    ['', false],
    ['has space', false],
    ['line\nbreak', false],
  ])('%j is %s', (text, expected) => {
    expect(isCorrelationId(text)).toBe(expected);
  });
});
