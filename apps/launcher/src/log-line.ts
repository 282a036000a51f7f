const LEVELS: Readonly<Record<number, string>> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

/**
 * Puts one line of a child's output into the form for a terminal: pino's JSON becomes time, level and message; anything else
 * stays as it is.
 */
export function formatLogLine(line: string): string {
  const entry = parseObject(line);
  if (entry === undefined || typeof entry['msg'] !== 'string') return line;
  const level = LEVELS[Number(entry['level'])] ?? String(entry['level'] ?? '').toUpperCase();
  const time = typeof entry['time'] === 'number' || typeof entry['time'] === 'string' ? new Date(entry['time']) : undefined;
  const clock = time === undefined || Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(11, 23)} `;
  const context = typeof entry['context'] === 'string' ? `[${entry['context']}] ` : '';
  const error = entry['err'] ?? entry['error'];
  const stack = isObject(error) && typeof error['stack'] === 'string' ? `\n${error['stack']}` : '';
  return `${clock}${level.padEnd(5)} ${context}${entry['msg']}${stack}`;
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
