import { formatLogLine } from './log-line.js';

describe(formatLogLine.name, () => {
  it('shows time, level, context and message of a JSON line', () => {
    const line = '{"level":40,"time":1767225600123,"context":"Relay","msg":"lease lost"}';

    expect(formatLogLine(line)).toBe('00:00:00.123 WARN  [Relay] lease lost');
  });

  it('keeps the stack of an error', () => {
    const line = '{"level":50,"time":"2026-01-01T00:00:00Z","msg":"failed","err":{"stack":"Error: no\\n    at here"}}';

    expect(formatLogLine(line)).toBe('00:00:00.000 ERROR failed\nError: no\n    at here');
  });

  it.each(['plain text', '{"half": ', '{"level":30}', '[1]', '{"level":30,"msg":7}'])('leaves %s as it is', (line) => {
    expect(formatLogLine(line)).toBe(line);
  });
});
