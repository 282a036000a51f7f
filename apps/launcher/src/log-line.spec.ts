import { formatLogLine } from './log-line.js';

describe(formatLogLine.name, () => {
  it('shows time, level, context and message of a JSON line', () => {
    const line = '{"level":"warn","time":"2026-01-01T00:00:00.123Z","context":"Relay","message":"lease lost"}';

    expect(formatLogLine(line)).toBe('00:00:00.123 WARN  [Relay] lease lost');
  });

  it('shows a request with its path and duration', () => {
    const line =
      '{"level":"info","time":"2026-01-01T00:00:00Z","method":"GET","path":"/api/deals","status":200,"duration_ms":7,"message":"GET 200"}';

    expect(formatLogLine(line)).toBe('00:00:00.000 INFO  GET /api/deals 200 7 ms');
  });

  it('keeps the stack of an error', () => {
    const line = '{"level":"error","time":"2026-01-01T00:00:00Z","message":"failed","err":{"stack":"Error: no\\n    at here"}}';

    expect(formatLogLine(line)).toBe('00:00:00.000 ERROR failed\nError: no\n    at here');
  });

  it.each(['plain text', '{"half": ', '{"level":"info"}', '[1]', '{"level":"info","message":7}'])('leaves %s as it is', (line) => {
    expect(formatLogLine(line)).toBe(line);
  });
});
