/**
 * Puts one line of a child's output into the form for a terminal: our JSON log line becomes time, level and message, a request with
 * its path and duration; anything else stays as it is.
 */
export function formatLogLine(line: string): string {
  const entry = parseObject(line);
  if (entry === undefined || typeof entry['message'] !== 'string') return line;
  const level = typeof entry['level'] === 'string' ? entry['level'].toUpperCase() : '';
  const time = typeof entry['time'] === 'string' ? new Date(entry['time']) : undefined;
  const clock = time === undefined || Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(11, 23)} `;
  const context = typeof entry['context'] === 'string' ? `[${entry['context']}] ` : '';
  const error = entry['err'] ?? entry['error'];
  const stack = isObject(error) && typeof error['stack'] === 'string' ? `\n${error['stack']}` : '';
  return `${clock}${level.padEnd(5)} ${context}${requestText(entry) ?? entry['message']}${stack}`;
}

function requestText(entry: Readonly<Record<string, unknown>>): string | undefined {
  const { method, path, status, duration_ms: durationMs } = entry;
  if (typeof method !== 'string' || typeof path !== 'string' || typeof status !== 'number' || typeof durationMs !== 'number')
    return undefined;
  return `${method} ${path} ${status} ${durationMs} ms`;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
