/** One block of the state stream; JSON has no raw line break, so one `data:` line holds it. It has no id, because nothing is replayed. */
export function encodeFrame(event: 'hello' | 'snapshot' | 'changed' | 'bye', data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The last frame: it asks the client to come back after `reconnectMs`. */
export function encodeBye(reconnectMs: number, reason: 'shutdown' | 'unauthorized'): string {
  return `retry: ${String(reconnectMs)}\n${encodeFrame('bye', { reason, reconnect_ms: reconnectMs })}`;
}
